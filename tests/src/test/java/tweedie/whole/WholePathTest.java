package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;
import tweedie.whole.Commands.Outcome;

/** Digits are imported, a network is trained on them, and it draws some, by the command line. */
class WholePathTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> CHECKPOINT =
      List.of(
          "clock.json",
          "config.conf",
          "data.json",
          "ema.npy",
          "manifest.json",
          "moments.npy",
          "network.json",
          "parameters.npy");

  @TempDir static Path made;
  private static Path data;
  private static Path conf;
  private static Path whole;
  private static Outcome imported;
  private static Outcome trained;
  private static Outcome sampled;

  @TempDir Path temporary;
  private Path run;

  @BeforeAll
  static void importTrainAndSample() throws IOException {
    data = made.resolve("data");
    whole = made.resolve("run");
    conf =
        Files.writeString(
            made.resolve("small.conf"),
            """
            tweedie {
              seed = 7
              data.path = "%s"
              noise { copies = 4, edm { sigma-min = 0.02, sigma-max = 5 } }
              model { channels = [8, 16], halvings = 1, embedding = 16 }
              train { epochs = 2, batch-size = 32, workers = 2, threads-per-worker = 1 }
              sample { method = annealed, batch-size = 8, levels = 12, annealed.steps = 3 }
            }
            """
                .formatted(data));
    imported =
        tweedie(
            "import",
            "--from",
            "digits",
            "--output",
            data,
            "--size",
            "12x12",
            "--limit",
            600,
            "--images-per-shard",
            100);
    imported.succeeded();
    trained = tweedie("train", "--conf", conf, "--run", whole);
    trained.succeeded();
    sampled = tweedie("sample", "--run", whole, "--count", 20);
    sampled.succeeded();
  }

  @BeforeEach
  void copyTheRun() throws IOException {
    run = Trees.copy(whole, temporary.resolve("copy"));
  }

  @Test
  void importWritesFullShards() throws IOException {
    assertThat(imported.out()).isEqualTo("600 images of 12x12x1 in 6 shards: " + data + "\n");
    ShardedData shards = Images.open(data);
    assertThat(shards.shape()).isEqualTo(new ImageShape(12, 12, 1));
    assertThat(shards.shards()).extracting(Shard::images).containsOnly(100L).hasSize(6);
  }

  @Test
  void trainSaysWhereTheCheckpointIsAndWhatToDoNext() {
    assertThat(trained.out())
        .contains("Checkpoint: file:" + whole + "/checkpoints/round-000002\n")
        .contains("Draw samples with: tweedie sample --run " + whole + " --count 64\n");
  }

  @Test
  void runHoldsWhatTheContractSaysAndNothingHalfWritten() throws IOException {
    assertThat(Trees.names(whole))
        .containsExactly("checkpoints", "config.conf", "data.json", "metrics.jsonl", "samples");
    assertThat(Trees.names(whole.resolve("checkpoints")))
        .containsExactly("round-000001", "round-000002");
    for (String round : List.of("round-000001", "round-000002")) {
      assertThat(Trees.names(whole.resolve("checkpoints").resolve(round)))
          .containsExactlyElementsOf(CHECKPOINT);
    }
    assertThat(Trees.names(whole.resolve("samples"))).containsExactly("annealed");
    assertThat(Trees.names(whole.resolve("samples/annealed")))
        .containsExactly(
            "config.conf",
            "diagnostics.json",
            "frames",
            "grid.png",
            "origin.json",
            "part-000000000-000000007.parquet",
            "part-000000008-000000015.parquet",
            "part-000000016-000000019.parquet",
            "strip.png");
    assertThat(Trees.files(made)).noneMatch(file -> file.toString().contains(".tmp"));
  }

  @Test
  void configLoadsBackAsItWas() throws IOException {
    Path written = whole.resolve("config.conf");
    LoadedSettings original = SettingsLoader.load(Optional.of(conf), List.of());
    LoadedSettings loaded = SettingsLoader.load(Optional.of(written), List.of());
    assertThat(loaded.settings()).isEqualTo(original.settings());
    assertThat(loaded.settings()).returns(7L, Settings::seed);
    assertThat(written).hasContent(loaded.resolved());
  }

  @Test
  void metricsHaveALineARound() throws IOException {
    List<JsonNode> lines = metrics(whole);
    assertThat(lines).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode line = lines.get(i);
      assertThat(line.fieldNames())
          .toIterable()
          .contains(
              "round",
              "images_seen",
              "loss",
              "loss_by_noise",
              "learning_rate",
              "gradient_norm",
              "images_per_second",
              "seconds",
              "drift",
              "workers");
      assertThat(line.get("round").intValue()).isEqualTo(i + 1);
      assertThat(line.get("images_seen").intValue()).isEqualTo(600 * (i + 1));
      assertThat(line.get("workers").intValue()).isEqualTo(2);
      assertThat(line.get("drift").doubleValue()).isPositive();
      assertThat(line.get("images_per_second").doubleValue()).isPositive();
      assertThat(line.get("gradient_norm").doubleValue()).isPositive();
      assertThat(line.get("learning_rate").doubleValue()).isPositive();
      assertThat(line.has("clipped_share")).isFalse();
      int images = 0;
      for (JsonNode bin : line.get("loss_by_noise")) {
        images += bin.get("images").intValue();
        assertThat(bin.get("from").doubleValue()).isLessThan(bin.get("to").doubleValue());
        assertThat(bin.get("loss").doubleValue()).isPositive();
        assertThat(bin.get("mean_error").doubleValue()).isBetween(0.0, 1.0);
        assertThat(bin.get("input_error").doubleValue())
            .isBetween(
                Math.pow(bin.get("from").doubleValue(), 2),
                Math.pow(bin.get("to").doubleValue(), 2));
      }
      assertThat(images).isEqualTo(600);
    }
    assertThat(lines.get(1).get("loss").doubleValue())
        .isLessThan(lines.get(0).get("loss").doubleValue());
  }

  @Test
  void samplesAreShardsWithAGridAndDiagnostics() throws IOException {
    Path samples = whole.resolve("samples/annealed");
    assertThat(sampled.out()).isEqualTo("file:" + samples + "/grid.png\n");
    assertThat(Images.read(samples))
        .extracting(LabeledImage::id)
        .containsExactlyElementsOf(LongStream.range(0, 20).boxed().toList());
    assertThat(Images.open(samples).shape()).isEqualTo(new ImageShape(12, 12, 1));
    for (float[] pixels : Images.pixels(samples)) {
      for (float value : pixels) {
        assertThat(value).isFinite();
      }
    }
    BufferedImage grid = ImageIO.read(samples.resolve("grid.png").toFile());
    // 5 x 4 images, twice as large, with 2 pixels around each
    assertThat(grid.getWidth()).isEqualTo(2 + 5 * (2 * 12 + 2));
    assertThat(grid.getHeight()).isEqualTo(2 + 4 * (2 * 12 + 2));
    BufferedImage strip = ImageIO.read(samples.resolve("strip.png").toFile());
    // 12 levels; x and below it D(x) of 8 chains
    assertThat(strip.getWidth()).isEqualTo(2 + 12 * (2 * 12 + 2));
    assertThat(strip.getHeight()).isEqualTo(2 + 2 * 8 * (2 * 12 + 2));
    JsonNode diagnostics = JSON.readTree(samples.resolve("diagnostics.json").toFile());
    assertThat(diagnostics.get("drawn").intValue()).isEqualTo(20);
    assertThat(diagnostics.get("samples").intValue()).isEqualTo(20);
    assertThat(diagnostics.get("diverged_chains")).isEmpty();
    assertThat(diagnostics.get("calls_per_chain").intValue()).isEqualTo(12 * 3 + 1);
    assertThat(diagnostics.get("model").textValue()).isEqualTo("the network after round 2");
  }

  @Test
  void moreEpochsTrainTheRoundsThatAreMissing() throws IOException {
    List<JsonNode> before = metrics(run);
    tweedie("train", "--run", run, "-D", "tweedie.train.epochs=3").succeeded();
    List<JsonNode> after = metrics(run);
    assertThat(after).hasSize(3);
    assertThat(after.subList(0, 2)).isEqualTo(before);
    assertThat(after.get(2).get("round").intValue()).isEqualTo(3);
    assertThat(after.get(2).get("images_seen").intValue()).isEqualTo(1800);
    assertThat(Trees.names(run.resolve("checkpoints")))
        .containsExactly("round-000001", "round-000002", "round-000003");
    assertSameCheckpoint(run, whole, 2);
  }

  @Test
  void aFinishedRunHasNothingToTrain() throws IOException {
    List<JsonNode> before = metrics(run);
    Outcome again = tweedie("train", "--run", run).succeeded();
    assertThat(again.out())
        .contains("Nothing to train: the run has 2 rounds, and tweedie.train.epochs = 2");
    assertThat(metrics(run)).isEqualTo(before);
    assertSameCheckpoint(run, whole, 2);
  }

  @Test
  void anInterruptedRunEndsInTheSameBitsOnAnotherCluster() throws IOException {
    Trees.delete(run.resolve("checkpoints/round-000002"));
    tweedie("train", "--run", run, "--master", "local[1]").succeeded();
    assertSameCheckpoint(run, whole, 2);
    assertThat(metrics(run)).hasSize(2);
    assertThat(metrics(run).get(1).get("loss")).isEqualTo(metrics(whole).get(1).get("loss"));
  }

  @Test
  void aCheckpointWithoutManifestDoesNotCount() throws IOException {
    Files.delete(run.resolve("checkpoints/round-000002/manifest.json"));
    tweedie("train", "--run", run).succeeded();
    assertSameCheckpoint(run, whole, 2);
  }

  @Test
  void moreSamplesKeepThoseThatAreThere() throws IOException {
    tweedie("sample", "--run", run, "--count", 30).succeeded();
    Path samples = run.resolve("samples/annealed");
    float[][] drawn = Images.pixels(samples);
    assertThat(drawn).hasNumberOfRows(30);
    assertThat(Arrays.copyOf(drawn, 20)).isDeepEqualTo(pixelsOfTheWhole());
    for (String part : Trees.names(whole.resolve("samples/annealed"))) {
      if (part.endsWith(".parquet")) {
        assertThat(samples.resolve(part)).hasSameBinaryContentAs(original(part));
      }
    }
    JsonNode diagnostics = JSON.readTree(samples.resolve("diagnostics.json").toFile());
    assertThat(diagnostics.get("drawn").intValue()).isEqualTo(10);
    assertThat(diagnostics.get("samples").intValue()).isEqualTo(30);
    for (JsonNode level : diagnostics.get("levels")) {
      assertThat(level.get("chains").intValue()).isEqualTo(30);
    }
  }

  @Test
  void aLostPartIsDrawnAgainInTheSameBits() throws IOException {
    String part = "part-000000008-000000015.parquet";
    Files.delete(run.resolve("samples/annealed").resolve(part));
    tweedie("sample", "--run", run, "--count", 20).succeeded();
    assertThat(Images.pixels(run.resolve("samples/annealed"))).isDeepEqualTo(pixelsOfTheWhole());
    assertThat(run.resolve("samples/annealed").resolve(part))
        .hasSameBinaryContentAs(original(part));
  }

  @Test
  void samplesOfAnotherSamplerNeedAnotherName() throws IOException {
    Outcome other =
        tweedie("sample", "--run", run, "--count", 20, "-D", "tweedie.sample.annealed.steps=4")
            .refused();
    assertThat(other.err())
        .contains(
            "samples/annealed holds samples of the network after round 2 by annealed Langevin")
        .contains("3 steps of", "4 steps of", "Give them another --name.");
    assertThat(Images.pixels(run.resolve("samples/annealed"))).isDeepEqualTo(pixelsOfTheWhole());
    tweedie("sample", "--run", run, "--count", 4, "--method", "heun").succeeded();
    assertThat(Trees.names(run.resolve("samples"))).containsExactly("annealed", "heun");
  }

  @Test
  void aCheckpointOfAnotherShapeThanTheDataOfTheRunIsRefused() throws IOException {
    Path statistics = run.resolve("data.json");
    ObjectNode data = (ObjectNode) JSON.readTree(statistics.toFile());
    data.putArray("meanImage").add(0.5).add(0.5);
    Files.writeString(statistics, data.toString());

    Outcome refused = tweedie("sample", "--run", run, "--count", 1, "--method", "heun").refused();
    assertThat(refused.err())
        .contains("was trained on images of 2 values", "a network for images of 12x12x1");
    assertThat(Trees.names(run.resolve("samples"))).containsExactly("annealed");
  }

  @Test
  void theKnownPartOfAnImageIsKept() throws IOException {
    BufferedImage image = new BufferedImage(12, 12, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage mask = new BufferedImage(12, 12, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 12; y++) {
      for (int x = 0; x < 12; x++) {
        image.getRaster().setSample(x, y, 0, 20 * y);
        mask.getRaster().setSample(x, y, 0, x < 6 ? 0 : 255); // the right half is painted
      }
    }
    Path picture = temporary.resolve("image.png");
    Path painted = temporary.resolve("mask.png");
    ImageIO.write(image, "png", picture.toFile());
    ImageIO.write(mask, "png", painted.toFile());
    Object[] halves = {
      "sample",
      "--run",
      run,
      "--count",
      3,
      "--name",
      "half",
      "--animate",
      "-D",
      "tweedie.sample.inpaint.image=" + picture,
      "-D",
      "tweedie.sample.inpaint.mask=" + painted
    };
    tweedie(halves).succeeded();

    float[][] samples = Images.pixels(run.resolve("samples/half"));
    for (float[] sample : samples) {
      for (int j = 0; j < 144; j++) {
        if (j % 12 < 6) {
          assertThat(sample[j]).isEqualTo(20 * (j / 12) / 255f);
        }
      }
    }
    assertThat(samples[0]).isNotEqualTo(samples[1]);
    assertThat(run.resolve("samples/half/chains.gif")).exists();
    assertThat(Files.readString(run.resolve("samples/half/origin.json")))
        .contains("completing " + picture);

    Object[] onlyAnImage = Arrays.copyOf(halves, halves.length - 2);
    assertThat(tweedie(onlyAnImage).refused().err())
        .contains("goes with tweedie.sample.inpaint.mask: give both or neither");
  }

  @Test
  void samplesDoNotDependOnTheCluster() throws IOException {
    tweedie("sample", "--run", run, "--count", 20, "--name", "one", "--master", "local[1]")
        .succeeded();
    assertThat(Images.pixels(run.resolve("samples/one"))).isDeepEqualTo(pixelsOfTheWhole());
  }

  @Test
  void samplesDependOnTheirBatchesByRoundingOnly() throws IOException {
    tweedie(
            "sample",
            "--run",
            run,
            "--count",
            20,
            "--name",
            "five",
            "-D",
            "tweedie.sample.batch-size=5")
        .succeeded();
    float[][] fives = Images.pixels(run.resolve("samples/five"));
    float[][] eights = pixelsOfTheWhole();
    double worst = 0;
    for (int i = 0; i < 20; i++) {
      for (int j = 0; j < 144; j++) {
        worst = Math.max(worst, Math.abs(fives[i][j] - eights[i][j]));
      }
    }
    // native products round differently with the number of rows, so not the same bits
    assertThat(worst).isLessThan(1e-5);
  }

  private static float[][] pixelsOfTheWhole() throws IOException {
    return Images.pixels(whole.resolve("samples/annealed"));
  }

  private static Path original(String part) {
    return whole.resolve("samples/annealed").resolve(part);
  }

  private static List<JsonNode> metrics(Path run) throws IOException {
    List<JsonNode> lines = new java.util.ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static void assertSameCheckpoint(Path run, Path expected, int round) {
    String checkpoint = "checkpoints/round-%06d".formatted(round);
    for (String file : CHECKPOINT) {
      assertThat(run.resolve(checkpoint).resolve(file))
          .hasSameBinaryContentAs(expected.resolve(checkpoint).resolve(file));
    }
  }
}
