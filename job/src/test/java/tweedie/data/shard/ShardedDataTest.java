package tweedie.data.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.SourceImage;
import tweedie.data.WholeFile;
import tweedie.data.source.MixtureSource;
import tweedie.data.source.Sources;
import tweedie.score.GaussianMixture;

class ShardedDataTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");

  @TempDir java.nio.file.Path temporary;

  @Test
  void bytesComeBackAsFractionsOf255() throws IOException {
    List<SourceImage> images = bytes(12);
    ShardedData data = write("data", images, 3);
    assertThat(data.shape()).isEqualTo(new ImageShape(2, 3, 1));
    assertThat(data.eightBit()).isTrue();
    assertThat(data.images()).isEqualTo(12);
    assertThat(data.shards()).extracting(Shard::images).containsExactly(4L, 4L, 4L);
    List<LabeledImage> read = read(data);
    assertThat(read).hasSize(12);
    for (int i = 0; i < 12; i++) {
      assertThat(read.get(i).id()).isEqualTo(i);
      assertThat(read.get(i).label()).isEqualTo(i % 3 - 1);
      assertThat(read.get(i).shape()).isEqualTo(data.shape());
      for (int j = 0; j < 6; j++) {
        assertThat(read.get(i).pixels()[j]).isEqualTo((images.get(i).bytes()[j] & 255) / 255f);
      }
    }
  }

  @Test
  void floatsComeBackAsTheyAre() throws IOException {
    MixtureSource source =
        new MixtureSource(
            new GaussianMixture(
                new double[] {1}, new double[][] {{1e6, -3.0, 0.1}}, new double[] {2}),
            20,
            1);
    List<SourceImage> vectors = Sources.read(source);
    ShardedData data = write("data", vectors, 2);
    assertThat(data.shape()).isEqualTo(new ImageShape(1, 1, 3));
    assertThat(data.eightBit()).isFalse();
    List<LabeledImage> read = read(data);
    for (int i = 0; i < 20; i++) {
      assertThat(read.get(i).pixels()).isEqualTo(vectors.get(i).floats());
    }
  }

  @Test
  void fingerprintIsThatOfTheContent() throws IOException {
    String first = write("a", bytes(12), 3).fingerprint();
    assertThat(write("b", bytes(12), 3).fingerprint()).isEqualTo(first);
    assertThat(write("c", bytes(12), 2).fingerprint()).isNotEqualTo(first);
    assertThat(write("d", bytes(13), 3).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void filesOfATaskAreInTheOrderOfTheirNumbers() throws IOException {
    String first = write("a", bytes(12), 4).fingerprint();
    List<String> names =
        List.of(
            "part-00001-6f-c999.snappy.parquet",
            "part-00001-6f-c1000.snappy.parquet",
            "part-00002-6f-c000.snappy.parquet",
            "part-100000-6f-c000.snappy.parquet");
    try (Stream<java.nio.file.Path> files = Files.list(temporary.resolve("a"))) {
      List<java.nio.file.Path> shards =
          files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
      for (int i = 0; i < names.size(); i++) {
        Files.move(shards.get(i), shards.get(i).resolveSibling(names.get(i)));
      }
    }
    ShardedData renamed = open("a");
    assertThat(renamed.shards())
        .extracting(shard -> shard.path().replaceFirst(".*/", ""))
        .containsExactlyElementsOf(names);
    assertThat(renamed.fingerprint()).isEqualTo(first);
  }

  @Test
  void otherContentOfTheSameLengthHasAnotherFingerprint() throws IOException {
    ShardedData data = floats("a", 1, 2, 3);
    ShardedData pixels = floats("b", 1, 3, 2);
    assertThat(pixels.fingerprintOfFiles())
        .as("names and lengths are the same")
        .isEqualTo(data.fingerprintOfFiles());
    assertThat(pixels.fingerprint()).isNotEqualTo(data.fingerprint());
    assertThat(pixels.isSameAs(data)).isFalse();
    assertThat(floats("c", 1, 2, 3).isSameAs(data)).isTrue();

    ShardedData replaced = floats("a", 1, 3, 2);
    assertThat(replaced.fingerprint())
        .as("what was kept of the file before does not count")
        .isEqualTo(pixels.fingerprint());
  }

  @Test
  void fingerprintDependsOnIdsAndLabels() throws IOException {
    List<SourceImage> images = bytes(4);
    String first = write("a", images, 1).fingerprint();
    SourceImage last = images.get(3);
    images.set(3, SourceImage.ofBytes(7, last.shape(), last.bytes()));
    assertThat(write("b", images, 1).fingerprint()).isNotEqualTo(first);
    images.set(3, last);
    Collections.reverse(images);
    assertThat(write("c", images, 1).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void fingerprintDoesNotDependOnNamesAndEncoding() throws IOException {
    List<SourceImage> vectors = new ArrayList<>();
    for (float[] pixels : PIXELS) {
      vectors.add(SourceImage.ofFloats(-1, new ImageShape(1, 1, 3), pixels));
    }
    ShardedData bySpark = write("a", vectors, 1);
    ShardedData byTask = floats("b", 1, 2, 3);
    assertThat(byTask.fingerprintOfFiles()).isNotEqualTo(bySpark.fingerprintOfFiles());
    assertThat(byTask.fingerprint()).isEqualTo(bySpark.fingerprint());
  }

  @Test
  void checksumsAreTakenOnceAndKept() throws IOException {
    ShardedData data = write("data", bytes(9), 2);
    java.nio.file.Path kept = temporary.resolve("data/_content.json");
    assertThat(kept).as("opening reads no pixel").doesNotExist();
    String fingerprint = data.fingerprint();
    String content = Files.readString(kept);
    assertThat(content).contains("part-00000", "part-00001", "sha256");

    rewrite(kept, content.replaceFirst("\"sha256\" : \"[0-9a-f]{4}", "\"sha256\" : \"0000"));
    assertThat(open("data").fingerprint())
        .as("the file is believed, not the shards read")
        .isNotEqualTo(fingerprint);
    rewrite(kept, "this is no JSON");
    assertThat(open("data").fingerprint()).isEqualTo(fingerprint);
    assertThat(Files.readString(kept)).isEqualTo(content);
  }

  @Test
  void statisticsTakeTheFingerprintByTheWay() throws IOException {
    String fingerprint = write("a", bytes(20), 3).fingerprint();
    ShardedData data = write("b", bytes(20), 3);
    assertThat(statistics(data).fingerprint()).isEqualTo(fingerprint);
    assertThat(temporary.resolve("b/_content.json")).exists();
    assertThat(open("b").fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void fingerprintsOfEarlierVersionsAreKnown() throws Exception {
    ShardedData data = floats("a", 1, 2, 3);
    long length = Files.size(temporary.resolve("a/part-00000.parquet"));
    String text = "part-00000 %d 2\nfloats of 1x1x3".formatted(length);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    String earlier = HexFormat.of().formatHex(hash);

    assertThat(data.fingerprintOfFiles()).isEqualTo(earlier);
    assertThat(data.isOf(earlier)).isTrue();
    assertThat(temporary.resolve("a/_content.json")).as("no pixel was read").doesNotExist();
    assertThat(data.isOf(data.fingerprint())).isTrue();
    assertThat(data.isOf("")).isFalse();
    assertThat(data.isOf(earlier.replace('0', '1'))).isFalse();
    assertThat(data.isOf(floats("b", 1, 3, 2).fingerprint())).isFalse();
  }

  private static final float[][] PIXELS = {{0.25f, -7, 1e9f}, {1, 2, 3}};

  /** A shard of two images that a task has written; the second has these pixels. */
  private ShardedData floats(String name, float... pixels) throws IOException {
    ImageShape shape = new ImageShape(1, 1, 3);
    ShardWriter.write(
        new Path(temporary.resolve(name).toString(), "part-00000.parquet"),
        List.of(new LabeledImage(0, -1, shape, PIXELS[0]), new LabeledImage(1, -1, shape, pixels)),
        Sources.CONF);
    return open(name);
  }

  /** With the checksum that Hadoop's local file system keeps beside it. */
  private static void rewrite(java.nio.file.Path file, String text) throws IOException {
    Path path = new Path(file.toString());
    WholeFile.write(path.getFileSystem(Sources.CONF), path, text);
  }

  /** The local file system as if its files lay in two blocks on the machines of a cluster. */
  public static final class SpreadFileSystem extends RawLocalFileSystem {

    @Override
    public URI getUri() {
      return URI.create("spread:///");
    }

    @Override
    public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length) {
      String[] ports = {"n1:9866", "n2:9866", "n3:9866"};
      return new BlockLocation[] {
        new BlockLocation(ports, new String[] {"n3", "n1", "n2"}, 0, length / 2),
        new BlockLocation(ports, new String[] {"n1", "n4", "n3"}, length / 2, length - length / 2)
      };
    }
  }

  @Test
  void machinesThatHoldAllBlocksOfAShardAreNamed() throws IOException {
    ShardedData local = write("data", bytes(4), 2);
    assertThat(local.shards()).allSatisfy(shard -> assertThat(shard.hosts()).isEmpty());
    Configuration conf = new Configuration();
    conf.setClass("fs.spread.impl", SpreadFileSystem.class, FileSystem.class);
    ShardedData spread = ShardedData.open(new Path("spread:" + temporary.resolve("data")), conf);
    assertThat(spread.shards())
        .hasSize(2)
        .allSatisfy(shard -> assertThat(shard.hosts()).containsExactly("n1", "n3"));
    assertThat(spread.fingerprint()).isEqualTo(local.fingerprint());
  }

  @Test
  void unusableDirectoriesAreRefused() throws IOException {
    refused("no", "no does not exist");
    Files.createDirectory(temporary.resolve("empty"));
    refused("empty", "empty holds no *.parquet file");
    Files.writeString(temporary.resolve("file"), "text");
    refused("file", "file is a file; a data set is a directory");
    Files.createDirectory(temporary.resolve("text"));
    Files.writeString(temporary.resolve("text/part-00000.parquet"), "this is no Parquet file");
    refused("text", "text/part-00000.parquet cannot be read");
    SPARK.session().range(3).write().parquet(temporary.resolve("numbers").toString());
    refused("numbers", "has no column label");
  }

  @Test
  void anEmptyShardIsPassedOverButNotADirectoryOfThem() throws IOException {
    String before = write("a", bytes(4), 1).fingerprint();
    Path empty = new Path(temporary.resolve("a").toString(), "part-00007.parquet");
    ShardWriter.write(empty, List.of(), Sources.CONF);

    ShardedData data = open("a");
    assertThat(data.shards()).hasSize(1);
    assertThat(data.images()).isEqualTo(4);
    assertThat(data.fingerprint()).isEqualTo(before);

    Path only = new Path(temporary.resolve("none").toString(), "part-00000.parquet");
    ShardWriter.write(only, List.of(), Sources.CONF);
    refused("none", "none holds no image: all its *.parquet files are empty");
  }

  @Test
  void shardsOfDifferentShapesAreRefused() throws IOException {
    write("a", bytes(4), 1);
    write("b", List.of(SourceImage.ofBytes(0, new ImageShape(3, 2, 1), new byte[6])), 1);
    move("b", "a");
    refused("a", "Shards differ: ", "8-bit images of 2x3x1", "8-bit images of 3x2x1");
    List<SourceImage> mixed = new ArrayList<>(bytes(2));
    mixed.add(SourceImage.ofBytes(0, new ImageShape(3, 2, 1), new byte[6]));
    assertThatThrownBy(() -> write("c", mixed, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds images that differ in height: 2 and 3");
  }

  @Test
  void statisticsAreExactAndDoNotDependOnTheSpread() throws IOException {
    List<SourceImage> images = bytes(50);
    DataStatistics found = statistics(write("a", images, 7));
    double[] mean = new double[6];
    double all = 0;
    for (SourceImage image : images) {
      for (int i = 0; i < 6; i++) {
        mean[i] += (image.bytes()[i] & 255) / 255f / 50.0;
        all += (image.bytes()[i] & 255) / 255f / 300.0;
      }
    }
    double square = 0;
    double around = 0;
    double farthest = 0;
    for (SourceImage image : images) {
      for (SourceImage other : images) {
        farthest = Math.max(farthest, distance(image, other));
      }
      for (int i = 0; i < 6; i++) {
        float x = (image.bytes()[i] & 255) / 255f;
        square += (x - all) * (x - all) / 300;
        around += (x - mean[i]) * (x - mean[i]) / 300;
      }
    }
    assertThat(found.images()).isEqualTo(50);
    assertThat(found.meanImage()).containsExactly(mean, within(1e-12));
    assertThat(found.mean()).isCloseTo(all, within(1e-12));
    assertThat(found.std()).isCloseTo(Math.sqrt(square), within(1e-12));
    assertThat(found.varianceAboutMeanImage()).isCloseTo(around, within(1e-12));
    assertThat(found.largestDistance()).isCloseTo(farthest, within(1e-12));
    assertThat(found.channels()).hasSize(1);
    assertThat(found.channels().get(0).mean()).isCloseTo(all, within(1e-12));
    assertThat(found.channels().get(0).std()).isCloseTo(Math.sqrt(square), within(1e-12));
    assertThat(statistics(write("b", images, 7)).toJson()).isEqualTo(found.toJson());
  }

  @Test
  void everyChannelHasItsOwnStatistics() throws IOException {
    List<SourceImage> images = new ArrayList<>();
    for (int i = 0; i < 30; i++) { // pixels lie channel by channel in each place
      float[] pixels = {i, 100 - 2 * i, i + 2, 100 + 2 * i};
      images.add(SourceImage.ofFloats(-1, new ImageShape(2, 1, 2), pixels));
    }
    ShardedData data = write("channels", images, 4);
    DataStatistics found = statistics(data);
    double variance = (30 * 30 - 1) / 12.0;

    assertThat(found.channels()).hasSize(2);
    assertThat(found.channels().get(0).mean()).isCloseTo(15.5, within(1e-9));
    assertThat(found.channels().get(0).std()).isCloseTo(Math.sqrt(variance + 1), within(1e-9));
    assertThat(found.channels().get(1).mean()).isCloseTo(100, within(1e-9));
    double away = 4 * (variance + 14.5 * 14.5);
    assertThat(found.channels().get(1).std()).isCloseTo(Math.sqrt(away), within(1e-9));
    assertThat(found.areOf(data)).isTrue();
    assertThat(found.areOf(write("others", bytes(3), 1))).isFalse();
  }

  @Test
  void farFromZeroNothingIsLost() throws IOException {
    List<SourceImage> vectors = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      float x = 1e6f + (i % 2 == 0 ? 1 : -1);
      vectors.add(SourceImage.ofFloats(-1, new ImageShape(1, 1, 2), new float[] {x, -x}));
    }
    DataStatistics found = statistics(write("data", vectors, 3));
    assertThat(found.varianceAboutMeanImage()).isCloseTo(1, within(1e-9));
    assertThat(found.meanImage()).containsExactly(1e6, -1e6);
  }

  @Test
  void statisticsSurviveJson() throws IOException {
    DataStatistics found = statistics(write("data", bytes(9), 2));
    DataStatistics back = DataStatistics.fromJson(found.toJson(), "data.json");
    assertThat(back).usingRecursiveComparison().isEqualTo(found);
    String before = found.toJson().replaceFirst(",\"largestDistance\":[^,}]*", "");
    assertThat(DataStatistics.fromJson(before, "data.json").largestDistance()).isZero();
    String earlier = found.toJson().replaceFirst(",\"channels\":.*", "}");
    assertThat(DataStatistics.fromJson(earlier, "data.json").channels()).isEmpty();
    assertThat(DataStatistics.fromJson(earlier, "data.json").fingerprint()).isEmpty();
    assertThatThrownBy(() -> DataStatistics.fromJson("{\"images\": \"many\"}", "data.json"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("data.json is damaged: images is wrong: ");
  }

  private static double distance(SourceImage a, SourceImage b) {
    double squares = 0;
    for (int i = 0; i < 6; i++) {
      squares += Math.pow((a.bytes()[i] & 255) / 255f - (b.bytes()[i] & 255) / 255f, 2);
    }
    return Math.sqrt(squares);
  }

  private static DataStatistics statistics(ShardedData data) throws IOException {
    return DataStatistics.of(SPARK.context(), data);
  }

  private void refused(String name, String... message) {
    assertThatThrownBy(() -> open(name))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(message);
  }

  private ShardedData open(String name) throws IOException {
    return ShardedData.open(new Path(temporary.resolve(name).toString()), Sources.CONF);
  }

  private void move(String from, String to) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(temporary.resolve(from))) {
      for (java.nio.file.Path file : files.toList()) {
        if (file.toString().endsWith(".parquet")) {
          Files.move(file, temporary.resolve(to).resolve("part-00001-moved.parquet"));
        }
      }
    }
  }

  private ShardedData write(String name, List<SourceImage> images, int shards) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      rows.add(ShardColumns.row(i, images.get(i)));
    }
    boolean eightBit = images.get(0).bytes() != null;
    SPARK
        .session()
        .createDataFrame(
            SPARK.context().parallelize(rows, shards),
            eightBit ? ShardColumns.ofBytes() : ShardColumns.ofFloats())
        .write()
        .parquet(temporary.resolve(name).toString());
    return open(name);
  }

  private static List<LabeledImage> read(ShardedData data) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (Shard shard : data.shards()) {
      try (ShardReader reader = ShardReader.open(shard, Sources.CONF)) {
        reader.forEachRemaining(images::add);
      }
    }
    return images;
  }

  private static List<SourceImage> bytes(int count) {
    List<SourceImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[6];
      for (int j = 0; j < 6; j++) {
        pixels[j] = (byte) (i * 41 + j * 97);
      }
      images.add(SourceImage.ofBytes(i % 3 - 1, new ImageShape(2, 3, 1), pixels));
    }
    return images;
  }
}
