package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.score.GaussianMixture;
import tweedie.whole.Commands.Outcome;

/** {@code evaluate --what likelihood} on the mixture, whose density is known, and on digits. */
class LikelihoodTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** That of {@code mixture()} below. */
  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.8, 0.2}, new double[][] {{-2, -2}, {2, 2}}, new double[] {1, 0.5});

  @TempDir static Path made;
  private static Path run;
  private static Path data;

  @TempDir Path temporary;

  @BeforeAll
  static void train() {
    run = made.resolve("run");
    data = made.resolve("data");
    TinyRuns.importDigits(data, 8, 90, 1);
    tweedie(
            "train",
            "--run",
            run,
            "-D",
            "tweedie.data.path=" + data,
            "-D",
            "tweedie.data.dequantization=uniform",
            "-D",
            "tweedie.model.channels=[4, 8]",
            "-D",
            "tweedie.model.halvings=1",
            "-D",
            "tweedie.train.epochs=1",
            "-D",
            "tweedie.train.threads-per-worker=1")
        .succeeded();
  }

  private static Outcome likelihood(Path of, Object... settings) {
    List<Object> line = new ArrayList<>(List.of("evaluate", "--what", "likelihood", "--run", of));
    for (Object setting : settings) {
      if (!setting.toString().startsWith("--") && setting.toString().contains("=")) {
        line.add("-D");
        line.add("tweedie." + setting);
      } else {
        line.add(setting);
      }
    }
    return tweedie(line.toArray());
  }

  private static Outcome mixture(Path of, Object... settings) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "model.oracle=mixture",
                "data.mixture.weights=[0.8, 0.2]",
                "data.mixture.means=[[-2, -2], [2, 2]]",
                "data.mixture.stds=[1, 0.5]",
                "evaluate.likelihood.trace=exact",
                "evaluate.likelihood.steps=60",
                "evaluate.likelihood.sigma-min=0.05",
                "evaluate.likelihood.sigma-max=1000",
                "evaluate.likelihood.images=30",
                "evaluate.likelihood.batch-size=12"));
    all.addAll(List.of(settings));
    return likelihood(of, all.toArray());
  }

  private static Outcome digits(Object... settings) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "evaluate.likelihood.images=20",
                "evaluate.likelihood.batch-size=7",
                "evaluate.likelihood.steps=3",
                "evaluate.likelihood.sensitivity-images=8"));
    all.addAll(List.of(settings));
    return likelihood(run, all.toArray());
  }

  private static JsonNode result(Path of) throws IOException {
    return JSON.readTree(of.resolve("evaluation/likelihood.json").toFile());
  }

  private static List<Path> parts(Path of) throws IOException {
    try (Stream<Path> files = Files.walk(of.resolve("evaluation/likelihood"))) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  @Test
  void densityOfTheMixtureIsItsClosedForm() throws IOException {
    Path oracle = temporary.resolve("oracle");
    Outcome outcome = mixture(oracle, "evaluate.likelihood.copies.counts=[1, 2]").succeeded();
    long[] ids = new long[30];
    List<String> lines = Files.readAllLines(oracle.resolve("evaluation/likelihood-images.jsonl"));
    assertThat(lines).hasSize(30);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = JSON.readTree(lines.get(i)).get("id").longValue();
    }
    double[] points = MIXTURE.sample(1, ids);
    double sum = 0;
    for (int i = 0; i < ids.length; i++) {
      double exact = MIXTURE.logDensity(new double[] {points[2 * i], points[2 * i + 1]}, 0.05);
      assertThat(JSON.readTree(lines.get(i)).get("nats").doubleValue())
          .isCloseTo(exact, within(1e-4));
      sum += exact;
    }
    JsonNode result = result(oracle);
    assertThat(result.get("nats_per_image").get("value").doubleValue())
        .isCloseTo(sum / 30, within(1e-4));
    assertThat(result.get("bits_per_dimension").get("value").doubleValue())
        .isCloseTo(-sum / 30 / 2 / Math.log(2), within(1e-4));
    assertThat(result.get("offset").doubleValue()).isZero();
    assertThat(result.get("bits_per_dimension").get("error_of_probes").isNull()).isTrue();
    assertThat(result.get("tails").get("squared_radius").doubleValue()).isBetween(0.5, 2.0);
    assertThat(result.get("copies")).hasSize(3);
    assertThat(result.get("copies").get(2).get("m").intValue()).isEqualTo(2);
    assertThat(outcome.out()).contains("smoothed by normal noise of standard deviation 0.05");
  }

  @Test
  void theNumberOfTheFlowIsNotThatOfACoarseGrid() throws IOException {
    Path oracle = temporary.resolve("coarse");
    Outcome outcome =
        mixture(oracle, "evaluate.likelihood.steps=3", "evaluate.likelihood.sensitivity-images=30")
            .succeeded();
    double exact = 0;
    for (String line : Files.readAllLines(oracle.resolve("evaluation/likelihood-images.jsonl"))) {
      double[] point = MIXTURE.sample(1, new long[] {JSON.readTree(line).get("id").longValue()});
      exact -= MIXTURE.logDensity(point, 0.05) / 30 / 2 / Math.log(2);
    }
    JsonNode flow = result(oracle).get("of_flow");
    double grid = result(oracle).get("bits_per_dimension").get("value").doubleValue();
    double rest = Math.abs(flow.get("rest").doubleValue());
    assertThat(Math.abs(grid - exact)).isGreaterThan(0.01);
    assertThat(flow.get("value").doubleValue())
        .isCloseTo(exact, within(0.1 * Math.abs(grid - exact) + rest))
        .isBetween(flow.get("low").doubleValue(), flow.get("high").doubleValue());
    assertThat(outcome.out()).contains("for the error of the solver", "with these steps alone");
  }

  @Test
  void theNumbersDoNotDependOnTheClusterAndPartsAreKept() throws IOException {
    digits().succeeded();
    JsonNode first = result(run);
    byte[] lines = Files.readAllBytes(run.resolve("evaluation/likelihood-images.jsonl"));
    List<Path> parts = parts(run);
    Files.delete(parts.get(1));
    FileTime written = Files.getLastModifiedTime(parts.get(0));
    digits("--master", "local[1]").succeeded();
    assertThat(parts(run)).isEqualTo(parts);
    assertThat(Trees.files(run)).noneMatch(file -> file.toString().endsWith(".crc"));
    assertThat(Files.getLastModifiedTime(parts.get(0))).isEqualTo(written);
    assertThat(run.resolve("evaluation/likelihood-images.jsonl")).hasBinaryContent(lines);
    JsonNode again = result(run);
    assertThat(again.get("bits_per_dimension")).isEqualTo(first.get("bits_per_dimension"));
    assertThat(again.get("sensitivity")).isEqualTo(first.get("sensitivity"));
    assertThat(again.get("batches_kept").intValue()).isEqualTo(parts.size() - 1);
    assertThat(first.get("offset").doubleValue()).isEqualTo(8);
    assertThat(first.get("images").intValue()).isEqualTo(20);
    assertThat(first.get("calls_per_image").doubleValue()).isEqualTo(12);
    assertThat(first.get("sensitivity")).hasSize(3);
    assertThat(again.get("of_flow")).isEqualTo(first.get("of_flow"));
    assertThat(first.get("sensitivity").get(1).get("error_of_probes").doubleValue()).isPositive();
  }

  @Test
  void whatCannotBeMeasuredIsRefused() throws IOException {
    assertThat(likelihood(temporary.resolve("none")).refused().err())
        .contains("The run file:" + temporary.resolve("none"))
        .contains("has no checkpoint to measure");
    assertThat(digits("evaluate.likelihood.images=91").refused().err())
        .contains(data + " holds 90 images, and tweedie.evaluate.likelihood.images = 91");
    assertThat(digits("evaluate.likelihood.steps=0").refused().err())
        .contains("tweedie.evaluate.likelihood.steps");
    assertThat(digits("evaluate.likelihood.probes=0").refused().err())
        .contains("tweedie.evaluate.likelihood.probes");
    assertThat(
            digits("evaluate.likelihood.sigma-min=2", "evaluate.likelihood.sigma-max=1")
                .refused()
                .err())
        .contains("tweedie.evaluate.likelihood.sigma-min")
        .contains("must be less than tweedie.evaluate.likelihood.sigma-max = 1");
    assertThat(digits("evaluate.likelihood.sigma-min=100").refused().err())
        .contains("sigma-min, 100.0, must be less than sigma-max, 80.00");
    Path wide = temporary.resolve("wide");
    tweedie("import", "--from", "digits", "--size", "8x12", "--limit", 5, "--output", wide)
        .succeeded();
    assertThat(digits("--data", wide).refused().err())
        .contains(wide + " holds images of 8x12x1, the model's are of 8x8x1");
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThat(digits("--data", empty).refused().err())
        .contains(empty + " holds no *.parquet file");
    Path floats = Files.createDirectory(temporary.resolve("floats"));
    Images.writeShard(floats, new ImageShape(8, 8, 1), 0, 30);
    assertThat(digits("--data", floats).refused().err())
        .contains(floats + " holds images of 8x8x1 whose values are not 8-bit")
        .contains("dequantize=false");
  }
}
