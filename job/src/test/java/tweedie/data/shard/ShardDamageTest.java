package tweedie.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

/** Nothing of a damaged shard is taken for data. */
class ShardDamageTest {

  private static final ImageShape SHAPE = new ImageShape(4, 4, 1);
  private static final Configuration CONF = new Configuration();
  private static final int IMAGES = 20;

  @TempDir Path directory;
  private Path file;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("part-00000.parquet");
    Random random = new Random(1);
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      float[] pixels = new float[SHAPE.dimension()];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = random.nextInt(8);
      }
      images.add(new LabeledImage(i, i % 3, SHAPE, pixels));
    }
    ShardWriter.write(new org.apache.hadoop.fs.Path(file.toUri()), images, CONF);
    whole = Files.readAllBytes(file);
  }

  private List<String> read() throws IOException {
    ShardedData data = ShardedData.open(new org.apache.hadoop.fs.Path(directory.toUri()), CONF);
    List<String> read = new ArrayList<>();
    for (Shard shard : data.shards()) {
      try (ShardReader images = ShardReader.open(shard, CONF)) {
        images.forEachRemaining(
            image -> read.add(image.id() + " " + image.label() + Arrays.toString(image.pixels())));
      }
      ShardReader.labels(shard, CONF);
    }
    return read;
  }

  private void readsTheSameOrIsRefused(List<String> right, byte[] content, String damage)
      throws IOException {
    Files.write(file, content);
    List<String> read;
    try {
      read = read();
    } catch (DataException e) {
      assertThat(e).as(damage).hasMessageContaining(directory.getFileName().toString());
      return;
    }
    assertThat(read).as(damage).isEqualTo(right);
  }

  @Test
  void aFlippedBitIsSeen() throws IOException {
    List<String> right = read();
    Random random = new Random(2);
    for (int i = 0; i < whole.length; i += 5) {
      byte[] damaged = whole.clone();
      int bit = random.nextInt(8);
      damaged[i] ^= (byte) (1 << bit);
      readsTheSameOrIsRefused(right, damaged, "bit %d of byte %d".formatted(bit, i));
    }
  }

  @Test
  void aPageThatIsDamagedIsNamedByItsRowGroup() throws IOException {
    byte[] damaged = whole.clone();
    damaged[whole.length / 3] ^= 1; // within the pixels
    Files.write(file, damaged);
    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("part-00000.parquet cannot be read in row group 1 of 1: ")
        .hasMessageEndingWith(". It is damaged; import it again, or put it back from a copy.");
  }

  @Test
  void aFileThatIsCutOffIsRefused() throws IOException {
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(this::read)
          .as("%d bytes", length)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("part-00000.parquet");
    }
  }

  private static final String LIST =
      "required group pixels (LIST) { repeated group list { required float element; } }";

  private void writeOther(String columns, Map<String, Object> values) throws IOException {
    Files.delete(file);
    MessageType schema = MessageTypeParser.parseMessageType("message other {" + columns + "}");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .build()) {
      Group row = new SimpleGroupFactory(schema).newGroup();
      values.forEach(
          (column, value) -> {
            if (value instanceof Integer number) {
              row.add(column, number);
            } else if (value instanceof Long number) {
              row.add(column, number);
            } else if (value instanceof Double number) {
              row.add(column, number);
            } else {
              row.add(column, (String) value);
            }
          });
      if (columns.contains("pixels (LIST)")) {
        Group list = row.addGroup("pixels");
        list.addGroup("list").append("element", 0.5f);
      }
      writer.write(row);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "id, int32, 1",
    "id, binary, x",
    "label, int64, 1",
    "label, double, 1",
    "height, int64, 1",
    "width, binary, x",
    "channels, double, 1",
  })
  void aColumnOfAnotherTypeIsRefused(String column, String type, String value) throws IOException {
    StringBuilder columns = new StringBuilder();
    Map<String, Object> values = new java.util.LinkedHashMap<>();
    for (String name : List.of("id", "label", "height", "width", "channels")) {
      String of = name.equals(column) ? type : name.equals("id") ? "int64" : "int32";
      columns.append("required ").append(of).append(' ').append(name).append("; ");
      values.put(
          name,
          switch (of) {
            case "int32" -> (Object) 1;
            case "int64" -> 1L;
            case "double" -> 1.0;
            default -> value;
          });
    }
    writeOther(columns + LIST, values);
    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "part-00000.parquet has a column %s of another type: required %s %s"
                .formatted(column, type, column));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aShapeOfNoImageIsRefused(int height) throws IOException {
    writeOther(
        "required int64 id; required int32 label; required int32 height; required int32 width; required int32 channels; "
            + LIST,
        Map.of("id", 1L, "label", 1, "height", height, "width", 1, "channels", 3));
    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("part-00000.parquet is damaged: " + height + "x1x3 is the shape of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "label", "height", "pixels"})
  void aColumnWithoutAValueIsRefused(String column) throws IOException {
    Map<String, Object> values =
        new java.util.HashMap<>(
            Map.of("id", 1L, "label", 1, "height", 1, "width", 1, "channels", 1));
    values.remove(column);
    writeOther(
        "optional int64 id; optional int32 label; optional int32 height; required int32 width; required int32 channels; "
            + (column.equals("pixels") ? "optional binary pixels;" : LIST),
        values);
    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("part-00000.parquet");
  }
}
