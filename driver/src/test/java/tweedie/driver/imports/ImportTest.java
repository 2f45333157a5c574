package tweedie.driver.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.CifarSource;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.FolderSource;
import tweedie.data.source.IdxSource;
import tweedie.data.source.ImageSource;
import tweedie.data.source.MixtureSource;
import tweedie.driver.progress.Progress;
import tweedie.score.GaussianMixture;

class ImportTest {

  private static final OptionalLong ALL = OptionalLong.empty();

  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]").with("spark.sql.shuffle.partitions", "3");

  @TempDir java.nio.file.Path temporary;

  @Test
  void everyShardIsFullButTheLast() throws IOException {
    DigitsSource source = new DigitsSource(28, 28, 2350, 9);
    List<Long> progress = Collections.synchronizedList(new ArrayList<>());
    Import.Settings settings =
        new Import.Settings(new SourceIntake(source), out(), ALL, 500, Import.Damaged.REFUSE);
    Import.Result result =
        new Import(SPARK.session(), settings, reporting(progress::add)).execute();
    assertThat(result.images()).isEqualTo(2350);
    assertThat(result.shards()).isEqualTo(5);
    assertThat(result.shape()).isEqualTo(new ImageShape(28, 28, 1));
    assertThat(result.skipped()).isEmpty();
    assertThat(result.ignored()).isEmpty();
    assertThat(result.seconds()).isPositive();
    assertThat(progress).endsWith(2350L);
    ShardedData data = open();
    assertThat(data.shards())
        .extracting(Shard::images)
        .containsExactly(500L, 500L, 500L, 500L, 350L);
    List<LabeledImage> images = read(data);
    for (int id = 0; id < 2350; id++) {
      assertThat(images.get(id).id()).isEqualTo(id);
      assertThat(images.get(id).label()).isEqualTo(id % 10);
      if (id % 50 == 0) {
        byte[] bytes = source.digit(id).bytes();
        for (int i = 0; i < bytes.length; i++) {
          assertThat(images.get(id).pixels()[i]).isEqualTo((bytes[i] & 255) / 255f);
        }
      }
    }
    assertThat(names(temporary)).containsExactly("out");
  }

  @Test
  void mixturesKeepTheirFloats() throws IOException {
    MixtureSource source =
        new MixtureSource(
            new GaussianMixture(
                new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 1}),
            1200,
            3);
    run(source, ALL, Import.Damaged.REFUSE);
    List<LabeledImage> images = read(open());
    assertThat(images).hasSize(1200);
    for (LabeledImage image : images) {
      assertThat(image.pixels()).isEqualTo(source.vector(image.id()).floats());
      assertThat(image.label()).isEqualTo(source.vector(image.id()).label());
    }
  }

  @Test
  void checksumsAreTakenWhileShardsAreWritten() throws IOException {
    Import.Settings settings =
        new Import.Settings(
            new SourceIntake(new DigitsSource(28, 28, 250, 9)),
            out(),
            ALL,
            100,
            Import.Damaged.REFUSE);
    new Import(SPARK.session(), settings, reporting(images -> {})).execute();
    java.nio.file.Path kept = temporary.resolve("out/_content.json");
    String content = Files.readString(kept);
    assertThat(content).containsPattern("(?s)part-00000.*part-00001.*part-00002.*");
    String fingerprint = open().fingerprint();
    assertThat(Files.readString(kept)).isEqualTo(content);

    Files.delete(kept);
    assertThat(open().fingerprint()).as("of what is in the files").isEqualTo(fingerprint);
    assertThat(Files.readString(kept)).isEqualTo(content);
  }

  @Test
  void namesOfClassesAreKeptBesideTheShards() throws IOException {
    FolderSource unnamed = pictures();
    java.nio.file.Path in = temporary.resolve("in");
    for (String picture : List.of("a.png", "c.png", "e.png")) {
      java.nio.file.Path folder = in.resolve(picture.equals("c.png") ? "dog" : "cat");
      Files.createDirectories(folder);
      Files.move(in.resolve(picture), folder.resolve(picture));
    }
    Files.delete(in.resolve("b.png"));
    Files.delete(in.resolve("d.jpg"));
    FolderSource named =
        new FolderSource(in.toString(), 4, 4, unnamed.channels(), FolderLabels.ALWAYS);

    assertThat(run(named, ALL, Import.Damaged.REFUSE).classes()).containsExactly("cat", "dog");
    ShardedData data = open();
    assertThat(data.classNames()).containsExactly("cat", "dog");
    assertThat(data.classes()).isEqualTo(2);
    assertThat(read(data)).extracting(LabeledImage::label).containsExactly(0, 0, 1);
    String fingerprint = data.fingerprint();
    Files.delete(temporary.resolve("out/_classes.json"));
    assertThat(open().fingerprint()).isEqualTo(fingerprint);
    assertThat(open().classNames()).isEmpty();
  }

  @Test
  void pictureWithoutAClassFailsTheImportAndNothingIsLeft() throws IOException {
    FolderSource flat = pictures();
    FolderSource source =
        new FolderSource(flat.input(), 4, 4, flat.channels(), FolderLabels.ALWAYS);
    assertThatThrownBy(() -> run(source, ALL, Import.Damaged.SKIP))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "No folder of %s holds 5 of its 5 pictures, the first is a.png; move them into folders of their classes, or give --labels none"
                .formatted(flat.input()));
    assertThat(names(temporary)).containsExactly("in");
  }

  @Test
  void existingOutputIsRefused() throws IOException {
    Files.createDirectory(temporary.resolve("out"));
    assertThatThrownBy(() -> run(new DigitsSource(28, 28, 5, 1), ALL, Import.Damaged.REFUSE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("out already exists");
  }

  @Test
  void damagedFilesFailTheImportAndNothingIsLeft() throws IOException {
    FolderSource source = pictures();
    assertThatThrownBy(() -> run(source, ALL, Import.Damaged.REFUSE))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("b.png is not a whole picture", "(and 1 more)");
    assertThat(names(temporary)).containsExactly("in");
  }

  @Test
  void damagedFilesAreSkippedAndListed() throws IOException {
    Import.Result result = run(pictures(), ALL, Import.Damaged.SKIP);
    assertThat(result.images()).isEqualTo(3);
    assertThat(result.skipped())
        .hasSize(2)
        .anyMatch(line -> line.contains("b.png is not a whole picture"))
        .anyMatch(line -> line.contains("d.jpg is not a whole picture: it is empty"));
    assertThat(result.ignored()).singleElement().asString().contains("README");
    // the order of the paths, numbered without gaps
    List<LabeledImage> images = read(open());
    assertThat(images).extracting(LabeledImage::id).containsExactly(0L, 1L, 2L);
    assertThat(images)
        .extracting(image -> Math.round(255 * image.pixels()[0]))
        .containsExactly(10, 30, 50);
  }

  @Test
  void limitTakesTheFirstImages() throws IOException {
    Import.Result result = run(pictures(), OptionalLong.of(2), Import.Damaged.SKIP);
    assertThat(result.images()).isEqualTo(2);
    assertThat(read(open()))
        .extracting(image -> Math.round(255 * image.pixels()[0]))
        .containsExactly(10, 30);
  }

  @Test
  void damagedBatchIsSkippedAsAWhole() throws IOException {
    java.nio.file.Path in = Files.createDirectory(temporary.resolve("in"));
    byte[] batch = new byte[3073 * 4];
    Files.write(in.resolve("data_batch_1.bin"), batch);
    byte[] wrong = batch.clone();
    wrong[3 * 3073] = 99;
    Files.write(in.resolve("data_batch_2.bin"), wrong);
    Arrays.fill(batch, (byte) 1);
    Files.write(in.resolve("data_batch_3.bin"), batch);
    Import.Result result = run(new CifarSource(in.toString()), ALL, Import.Damaged.SKIP);
    assertThat(result.images()).isEqualTo(8);
    assertThat(result.skipped())
        .singleElement()
        .asString()
        .contains("data_batch_2.bin: record 3 has the label 99");
    assertThat(read(open()))
        .extracting(LabeledImage::label)
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
  }

  @Test
  void nothingButDamageIsAnError() throws IOException {
    java.nio.file.Path in = Files.createDirectory(temporary.resolve("in"));
    Files.write(in.resolve("a.bin"), new byte[7]);
    assertThatThrownBy(() -> run(new CifarSource(in.toString()), ALL, Import.Damaged.SKIP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.bin is 7 bytes long");
    assertThat(names(temporary)).containsExactly("in");
  }

  @Test
  void mnistIsImported() throws IOException {
    String given = System.getenv("TWEEDIE_DATA");
    java.nio.file.Path mnist =
        (given == null ? java.nio.file.Path.of("../../shared/data") : java.nio.file.Path.of(given))
            .resolve("mnist");
    assumeTrue(Files.isDirectory(mnist), mnist + " is absent; TWEEDIE_DATA can name its parent");
    Import.Result result = run(new IdxSource(mnist.toString()), ALL, Import.Damaged.REFUSE);
    assertThat(result.images()).isEqualTo(60_000);
    assertThat(result.shards()).isEqualTo(60);
    assertThat(result.ignored()).allMatch(line -> line.contains("t10k"));
    ShardedData data = open();
    List<LabeledImage> images = read(data);
    assertThat(images).hasSize(60_000);
    assertThat(images.subList(0, 5)).extracting(LabeledImage::label).containsExactly(5, 0, 4, 1, 9);
    assertThat(images.get(59_999).id()).isEqualTo(59_999);
    assertThat(images.get(59_999).label()).isEqualTo(8);
  }

  @Test
  void whatCannotBeLookedAtIsDamageToo() throws IOException {
    FolderSource source = pictures();
    Files.createSymbolicLink(
        temporary.resolve("in/gone.png"), java.nio.file.Path.of("nowhere.png"));
    assertThatThrownBy(() -> run(source, ALL, Import.Damaged.REFUSE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("gone.png is a link to nowhere.png, which does not exist");
    assertThat(run(source, ALL, Import.Damaged.SKIP).skipped())
        .hasSize(3)
        .anyMatch(line -> line.contains("gone.png is a link to nowhere.png"));
  }

  private FolderSource pictures() throws IOException {
    java.nio.file.Path in = Files.createDirectory(temporary.resolve("in"));
    for (String name : List.of("a.png", "c.png", "e.png")) {
      BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
      int value = 10 + 10 * (name.charAt(0) - 'a');
      for (int i = 0; i < 63; i++) {
        image.setRGB(i % 9, i / 9, value * 0x010101);
      }
      ImageIO.write(image, "png", in.resolve(name).toFile());
    }
    byte[] whole = Files.readAllBytes(in.resolve("a.png"));
    Files.write(in.resolve("b.png"), Arrays.copyOf(whole, whole.length - 20));
    Files.write(in.resolve("d.jpg"), new byte[0]);
    Files.writeString(in.resolve("README"), "text");
    return new FolderSource(in.toString(), 4, 4, FolderSource.Channels.RGB, FolderLabels.NEVER);
  }

  private Import.Result run(ImageSource source, OptionalLong limit, Import.Damaged damaged)
      throws IOException {
    Import.Settings settings =
        new Import.Settings(new SourceIntake(source), out(), limit, 1000, damaged);
    return new Import(SPARK.session(), settings, reporting(images -> {})).execute();
  }

  private String out() {
    return temporary.resolve("out").toString();
  }

  private ShardedData open() throws IOException {
    return ShardedData.open(new Path(out()), new Configuration());
  }

  static List<String> names(java.nio.file.Path directory) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static List<LabeledImage> read(ShardedData data) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (Shard shard : data.shards()) {
      try (ShardReader reader = ShardReader.open(shard, new Configuration())) {
        reader.forEachRemaining(images::add);
      }
    }
    return images;
  }

  static Progress reporting(LongConsumer reports) {
    return new Progress() {
      @Override
      public void at(long done) {
        reports.accept(done);
      }

      @Override
      public void close() {}
    };
  }
}
