package tweedie.data.shard;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;

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

  private static final int BUFFER = 4096;

  /**
   * A new file that Parquet writes on this file system: its {@link HadoopOutputFile} takes the one
   * that Hadoop keeps for the whole process.
   */
  private record NewFile(FileSystem files, Path path) implements OutputFile {

    @Override
    public PositionOutputStream create(long blockSize) throws IOException {
      return HadoopStreams.wrap(
          files.create(
              path,
              false,
              BUFFER,
              files.getDefaultReplication(path),
              Math.max(defaultBlockSize(), blockSize)));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
      return create(blockSize);
    }

    @Override
    public boolean supportsBlockSize() {
      return HadoopOutputFile.getBlockFileSystems().contains(files.getUri().getScheme());
    }

    @Override
    public long defaultBlockSize() {
      return files.getDefaultBlockSize(path);
    }

    @Override
    public String getPath() {
      return path.toString();
    }
  }

  private ShardWriter() {}

  /**
   * Writes a shard, whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, List<LabeledImage> images, Configuration conf)
      throws IOException {
    write(file, images, Map.of(), Map.of(), conf);
  }

  /**
   * Writes a shard with more columns, whole or not at all.
   *
   * @param constants columns whose value is the same in every row, by name: a Long, an Integer or a
   *     String each
   * @param notes texts for the footer of the file, by key
   * @throws IOException if it cannot be written
   */
  public static void write(
      Path file,
      List<LabeledImage> images,
      Map<String, ?> constants,
      Map<String, String> notes,
      Configuration conf)
      throws IOException {
    MessageType schema = schema(constants);
    FileSystem files = ResultFiles.of(file, conf);
    WholeFile.write(
        files,
        file,
        (Path aside) -> {
          try (ParquetWriter<Group> writer =
              ExampleParquetWriter.builder(new NewFile(files, aside))
                  .withType(schema)
                  .withExtraMetaData(notes)
                  .withConf(conf)
                  .build()) {
            for (LabeledImage image : images) {
              writer.write(row(schema, image, constants));
            }
          }
        });
  }

  private static MessageType schema(Map<String, ?> constants) {
    return new MessageType(
        SCHEMA.getName(),
        Stream.concat(
                SCHEMA.getFields().stream(),
                constants.entrySet().stream()
                    .map(column -> column(column.getKey(), column.getValue())))
            .toList());
  }

  private static Type column(String name, Object value) {
    if (value instanceof Long) {
      return Types.required(PrimitiveTypeName.INT64).named(name);
    }
    if (value instanceof Integer) {
      return Types.required(PrimitiveTypeName.INT32).named(name);
    }
    if (value instanceof String) {
      return Types.required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(name);
    }
    throw new IllegalArgumentException(
        "A column of a shard is a Long, an Integer or a String, not " + value);
  }

  private static Group row(MessageType schema, LabeledImage image, Map<String, ?> constants) {
    Group row =
        new SimpleGroupFactory(schema)
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
    constants.forEach((name, value) -> append(row, name, value));
    return row;
  }

  private static void append(Group row, String name, Object value) {
    if (value instanceof Long number) {
      row.append(name, number);
    } else if (value instanceof Integer number) {
      row.append(name, number);
    } else {
      row.append(name, (String) value);
    }
  }
}
