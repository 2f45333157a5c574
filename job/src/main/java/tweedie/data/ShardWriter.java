package tweedie.data;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Writes images as one shard of floats, without a Spark session: it runs inside tasks. */
public final class ShardWriter {

  /** As Spark writes {@link ShardColumns#ofFloats()}. */
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message shard {
            required int64 id;
            required int32 label;
            required int32 height;
            required int32 width;
            required int32 channels;
            required group pixels (LIST) {
              repeated group list {
                required float element;
              }
            }
          }
          """);

  private ShardWriter() {}

  /**
   * Writes a shard, whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, List<LabeledImage> images, Configuration conf)
      throws IOException {
    WholeFile.write(
        file.getFileSystem(conf),
        file,
        (Path aside) -> {
          try (ParquetWriter<Group> writer =
              ExampleParquetWriter.builder(aside).withType(SCHEMA).withConf(conf).build()) {
            for (LabeledImage image : images) {
              writer.write(row(image));
            }
          }
        });
  }

  private static Group row(LabeledImage image) {
    Group row =
        new SimpleGroupFactory(SCHEMA)
            .newGroup()
            .append(ShardColumns.ID, image.id())
            .append(ShardColumns.LABEL, image.label())
            .append(ShardColumns.HEIGHT, image.shape().height())
            .append(ShardColumns.WIDTH, image.shape().width())
            .append(ShardColumns.CHANNELS, image.shape().channels());
    Group pixels = row.addGroup(ShardColumns.PIXELS);
    for (float value : image.pixels()) {
      pixels.addGroup(0).append("element", value);
    }
    return row;
  }
}
