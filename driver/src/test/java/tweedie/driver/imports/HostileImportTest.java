package tweedie.driver.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.FolderSource;
import tweedie.data.source.ImageSource;
import tweedie.data.source.MixtureSource;
import tweedie.score.GaussianMixture;

class HostileImportTest {

  private static final OptionalLong ALL = OptionalLong.empty();

  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]").with("spark.sql.shuffle.partitions", "3");

  @TempDir java.nio.file.Path temporary;

  @Test
  void namesOfAnyLettersAreReadAndWritten() throws IOException {
    String odd = "a [1]{x} 10:30 ü%25#.d";
    java.nio.file.Path in = Files.createDirectories(temporary.resolve("in " + odd).resolve(odd));
    for (String name : List.of(odd + ".PNG", "_b*?.Jpeg", "c:d.bmp")) {
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
      assertThat(ImageIO.write(image, "bmp", in.resolve(name).toFile())).isTrue();
    }
    Files.createSymbolicLink(in.resolve("up"), java.nio.file.Path.of(".."));
    String out = temporary.resolve("out " + odd).toString();
    Import.Settings settings =
        new Import.Settings(
            new SourceIntake(
                new FolderSource(
                    in.getParent().toString(),
                    4,
                    4,
                    FolderSource.Channels.GRAY,
                    FolderLabels.NEVER)),
            out,
            ALL,
            1000,
            Import.Damaged.REFUSE);
    Import.Result result =
        new Import(SPARK.session(), settings, ImportTest.reporting(i -> {})).execute();
    assertThat(result.images()).isEqualTo(3);
    assertThat(result.shape()).isEqualTo(new ImageShape(4, 4, 1));
    assertThat(result.ignored()).singleElement().asString().contains("where the input lies");
    assertThat(ImportTest.read(ShardedData.open(new Path(null, null, out), new Configuration())))
        .hasSize(3);
    assertThat(ImportTest.names(temporary)).containsExactly("in " + odd, "out " + odd);
  }

  /** A part whose reader throws what nobody expects. */
  private record Broken(String name) implements ImageSource.Part {
    @Override
    public ImageSource.Images open(Configuration conf) throws IOException {
      return switch (name) {
        case "a" -> throw new IllegalStateException("no such thing");
        case "b" -> throw new java.io.FileNotFoundException("b (Permission denied)");
        default -> () -> null;
      };
    }
  }

  @Test
  void whateverAReaderThrowsIsDamageOfItsFile() {
    ImageSource source = new ManyParts(List.of(new Broken("a"), new Broken("b")));
    assertThatThrownBy(() -> run(source, ALL, Import.Damaged.SKIP))
        .isInstanceOf(DataException.class)
        .hasMessage("a is damaged: java.lang.IllegalStateException: no such thing (and 1 more)");
  }

  private record ManyParts(List<ImageSource.Part> parts) implements ImageSource {
    @Override
    public Listing list(Configuration conf) {
      return new Listing(parts, List.of());
    }
  }

  @Test
  void numbersThatNoFloatHoldsAreRefused() {
    for (double mean : new double[] {1e308, 1e39}) {
      MixtureSource source =
          new MixtureSource(
              new GaussianMixture(new double[] {1}, new double[][] {{mean}}, new double[] {1}),
              5,
              3);
      assertThatThrownBy(() -> run(source, ALL, Import.Damaged.REFUSE))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("holds the value Infinity", "tweedie.data.mixture.means");
    }
  }

  @Test
  void moreShardsThanAnybodyWantsAreRefused() {
    Import.Settings settings =
        new Import.Settings(
            new SourceIntake(new DigitsSource(8, 8, 200_000, 1)),
            out(),
            ALL,
            1,
            Import.Damaged.REFUSE);
    assertThatThrownBy(
            () -> new Import(SPARK.session(), settings, ImportTest.reporting(i -> {})).execute())
        .isInstanceOf(DataException.class)
        .hasMessage(
            "200000 images in shards of 1 are more than 100000 shards: raise"
                + " tweedie.data.images-per-shard");
  }

  @Test
  void whatAKilledImportLeftIsSweptAndWhatALiveOneWritesIsNot() throws Exception {
    java.nio.file.Path live = Files.createDirectory(local(WholeFile.aside(new Path(out()))));
    String name = live.getFileName().toString();
    long pid = ProcessHandle.current().pid();
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    java.nio.file.Path dead =
        Files.createDirectories(
            temporary.resolve(name.replace("-" + pid + "-", "-" + ended.pid() + "-")));
    java.nio.file.Path other =
        Files.createDirectory(temporary.resolve(".out.0a1b0a1b-0a1b-0a1b-0a1b-0a1b0a1b0a1b.tmp"));
    java.nio.file.Path old =
        Files.createDirectory(temporary.resolve(".out.0c1d0c1d-0c1d-0c1d-0c1d-0c1d0c1d0c1d.tmp"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Files.createDirectory(temporary.resolve(".outer.0c1d0c1d-0c1d-0c1d-0c1d-0c1d0c1d0c1d.tmp"));
    run(new DigitsSource(8, 8, 5, 1), ALL, Import.Damaged.REFUSE);
    assertThat(live).exists();
    assertThat(dead).doesNotExist();
    assertThat(other).exists();
    assertThat(old).doesNotExist();
    assertThat(temporary.resolve(".outer.0c1d0c1d-0c1d-0c1d-0c1d-0c1d0c1d0c1d.tmp")).exists();
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  @Test
  void anOutputThatCannotBeMadeIsToldBeforeAnythingIsRead() throws IOException {
    Files.writeString(temporary.resolve("file"), "");
    FolderSource nothing =
        new FolderSource("no/such", 4, 4, FolderSource.Channels.RGB, FolderLabels.NEVER);
    for (String out :
        List.of(temporary.resolve("file/out").toString(), "/proc/out", "/proc/a/b", "file://h/r")) {
      Import.Settings settings =
          new Import.Settings(new SourceIntake(nothing), out, ALL, 1000, Import.Damaged.REFUSE);
      assertThatThrownBy(
              () -> new Import(SPARK.session(), settings, ImportTest.reporting(i -> {})).execute())
          .as(out)
          .isInstanceOf(DataException.class)
          .hasMessageMatching("(?s)(file:)?[^:]*" + out.replace("file:", "") + " cannot be.*")
          .hasMessageNotContaining("no/such");
    }
  }

  private Import.Result run(ImageSource source, OptionalLong limit, Import.Damaged damaged)
      throws IOException {
    Import.Settings settings =
        new Import.Settings(new SourceIntake(source), out(), limit, 1000, damaged);
    return new Import(SPARK.session(), settings, ImportTest.reporting(images -> {})).execute();
  }

  private String out() {
    return temporary.resolve("out").toString();
  }
}
