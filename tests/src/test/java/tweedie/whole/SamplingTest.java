package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.whole.Commands.Outcome;

/**
 * The sampling job with the exact score of two unlike modes: 0.8 of the points around (-4, -4), 0.2
 * around (4, 4), standard deviation 1.
 */
class SamplingTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path shared;
  private static Path conf;

  @TempDir Path run;

  @BeforeAll
  static void writeTheSettings() throws IOException {
    conf =
        Files.writeString(
            shared.resolve("two.conf"),
            """
            tweedie {
              seed = 5
              data.mixture { weights = [0.8, 0.2], means = [[-4, -4], [4, 4]], stds = [1, 1] }
              noise.edm { sigma-min = 0.01, sigma-max = 40 }
              model.oracle = mixture
              sample.walk-jump { s = 4, chains = 6, burn-in = 20, steps-per-jump = 5 }
            }
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "annealed, 2000, 0.06, 1.2, 500", // its levels carry a little too much noise by design
    "consistent, 2000, 0.036, 1, 100",
    "heun, 2000, 0.036, 1, 39",
    "dpm-solver, 2000, 0.036, 1.05, 20",
    "unipc, 2000, 0.036, 1, 20",
    "ode, 2000, 0.036, 1, 120",
    "predictor-corrector, 2000, 0.036, 1.03, 200",
    "oat, 1000, 0.05, 0.43, 1000", // jumps from noise 1.15 have this variance
  })
  void methodsKeepTheModes(String method, int count, double error, double variance, int calls)
      throws IOException {
    sample("--count", count, "--method", method).succeeded();

    float[][] points = Images.pixels(run.resolve("samples").resolve(method));
    assertThat(points).hasNumberOfRows(count);
    assertThat(weight(points)).isCloseTo(0.8, within(error));
    assertThat(variance(points)).isCloseTo(variance, within(0.1));
    JsonNode diagnostics = diagnostics(method);
    assertThat(diagnostics.get("samples").intValue()).isEqualTo(count);
    assertThat(diagnostics.get("calls_per_chain").intValue()).isBetween(1, calls);
    assertThat(diagnostics.get("warnings")).isEmpty();
    assertThat(diagnostics.get("levels")).isNotEmpty();
    for (JsonNode level : diagnostics.get("levels")) {
      assertThat(level.get("accepted").booleanValue()).as(level.toString()).isTrue();
      assertThat(level.get("chains").intValue()).isEqualTo(count);
    }
  }

  @Test
  void theOriginalScheduleIsOnlyForComparison() throws IOException {
    Outcome seed = sample("--count", 20, "--method", "seed").succeeded();

    assertThat(seed.out()).contains("samples/seed");
    JsonNode warnings = diagnostics("seed").get("warnings");
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).textValue())
        .contains("the score is larger than the noise explains", "most at 0.43");
  }

  @Test
  void aScheduleThatCarriesTooMuchNoiseIsRefusedUnlessForced() throws IOException {
    Object[] steps = {
      "--count",
      10,
      "--method",
      "annealed",
      "-D",
      "tweedie.sample.annealed.steps=1",
      "-D",
      "tweedie.sample.levels=6"
    };
    Outcome refused = sample(steps).refused();
    assertThat(refused.err())
        .contains("carry up to", "times the noise variance that the denoiser expects", "--force");
    assertThat(run).isEmptyDirectory();

    List<Object> forced = new ArrayList<>(Arrays.asList(steps));
    forced.add("--force");
    sample(forced.toArray()).succeeded();
    assertThat(Images.pixels(run.resolve("samples/annealed"))).hasNumberOfRows(10);
  }

  @Test
  void chainsOfAWalkGoOnWhenMoreSamplesAreAskedFor() throws IOException {
    sample("--count", 4, "--method", "walk-jump", "--name", "parts").succeeded();
    sample("--count", 13, "--method", "walk-jump", "--name", "parts").succeeded();
    sample("--count", 30, "--method", "walk-jump", "--name", "parts").succeeded();
    sample("--count", 30, "--method", "walk-jump", "--name", "whole").succeeded();

    Path parts = run.resolve("samples/parts");
    Path whole = run.resolve("samples/whole");
    assertThat(Images.pixels(whole)).hasDimensions(30, 2);
    assertThat(Images.pixels(parts)).isDeepEqualTo(Images.pixels(whole));
    assertThat(Images.read(parts)).extracting(image -> image.id()).doesNotHaveDuplicates();
    assertThat(Trees.files(run)).noneMatch(file -> file.toString().endsWith(".crc"));
    JsonNode mixing = diagnostics("whole").get("mixing");
    assertThat(mixing).hasSize(3); // log density and as many projections as there are values
    assertThat(mixing.get(0).get("statistic").textValue()).isEqualTo("log density at noise 4.0");
    assertThat(mixing.get(0).get("chains").intValue()).isEqualTo(6);
    assertThat(mixing.get(0).get("jumps").intValue()).isEqualTo(5);
    assertThat(mixing.get(0).get("effective_samples").doubleValue()).isPositive();
  }

  @Test
  void aWalkThatWasCutOffAfterItsImagesWalksThemAgain() throws IOException {
    sample("--count", 12, "--method", "walk-jump").succeeded();
    Path samples = run.resolve("samples/walk-jump");
    float[][] before = Images.pixels(samples);
    List<Path> states =
        Trees.files(samples).stream()
            .filter(file -> file.getFileName().toString().startsWith("walk-"))
            .toList();
    assertThat(states).hasSize(1);
    Files.delete(states.get(0));

    sample("--count", 24, "--method", "walk-jump").succeeded();

    assertThat(Images.read(samples)).extracting(image -> image.id()).doesNotHaveDuplicates();
    float[][] after = Images.pixels(samples);
    assertThat(after).hasDimensions(24, 2);
    assertThat(Arrays.copyOf(after, 12)).isDeepEqualTo(before);
  }

  @Test
  void aWalkThatDoesNotMixSaysSo() throws IOException {
    sample("--count", 60, "--method", "walk-jump", "-D", "tweedie.sample.walk-jump.s=0.5")
        .succeeded();

    assertThat(diagnostics("walk-jump").get("warnings").toString())
        .contains("the chains have not mixed: split R-hat of projection 1 is");
  }

  @Test
  void aWalkNeedsItsNoiseWhereManyWereTrained() {
    Outcome refused =
        sample("--count", 6, "--method", "walk-jump", "-D", "tweedie.sample.walk-jump.s=0")
            .refused();

    assertThat(refused.err())
        .contains("tweedie.sample.walk-jump.s = 0 must be the noise to walk at")
        .contains("between the trained 0.01000 and 40.00");
    assertThat(run).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "walk-jump, walk-jump.step=2, must be less than 2.0",
    "oat, oat.step=2.5, must be less than 2.0",
    "annealed, annealed.step-ratio=2, must be 0 or a number of at least 1e-9 and less than 2",
    "consistent, consistent.eta=0.01, The step eta from noise",
    "heun, final-jump=false, can be false only for the methods annealed and consistent",
    "predictor-corrector, predictor-corrector.snr=1, must be a number of at least 1e-6 and less than 1",
  })
  void stepsBeyondStabilityAreRefused(String method, String setting, String sentence) {
    Outcome refused =
        sample("--count", 6, "--method", method, "-D", "tweedie.sample." + setting).refused();

    assertThat(refused.err()).contains(sentence);
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void noiseThatIsLittleBesideTheDataIsWarnedOf() throws Exception {
    try (Logged log = Logged.by(Class.forName("tweedie.driver.sample.SamplerChoice"))) {
      sample("--count", 3, "--method", "heun").succeeded();
      assertThat(log.warnings()).isEmpty();
      sample("--count", 3, "--name", "near", "-D", "tweedie.sample.sigma-max=4").succeeded();
      assertThat(log.warnings())
          .containsExactly(
              "chains start at noise 4.000, whose variance is only 1.42 times that of the data, 11.24: the noisy data are not normal there as the start is; a larger tweedie.sample.sigma-max is better, as far as it was trained");
    }
  }

  @Test
  void annealedSaysThatItsStepsAreTooFewForModesSoFarApart() throws Exception {
    try (Logged log = Logged.by(Class.forName("tweedie.driver.sample.SamplerChoice"))) {
      sample("--count", 3, "--method", "annealed").succeeded();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .startsWith("these levels and steps are too few for modes as far apart as the images")
          .containsPattern("with 20 % of the data gets 2[2-4] % of the chains");
    }
  }

  @Test
  void aFileSaysFromWhatItsImagesCome() throws IOException {
    sample("--count", 3, "--method", "heun").succeeded();

    Path part = run.resolve("samples/heun/part-000000000-000000002.parquet");
    try (ParquetFileReader file =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(part.toUri()), new Configuration()))) {
      assertThat(file.getFileMetaData().getSchema().getFields())
          .extracting(field -> field.getName())
          .contains("id", "pixels", "seed", "method", "levels");
    }
  }

  private Outcome sample(Object... args) {
    List<Object> line = new ArrayList<>(List.of("sample", "--run", run, "--conf", conf));
    line.addAll(Arrays.asList(args));
    return tweedie(line.toArray());
  }

  private JsonNode diagnostics(String name) throws IOException {
    return JSON.readTree(run.resolve("samples").resolve(name).resolve("diagnostics.json").toFile());
  }

  /** Share of the points on the side of (-4, -4). */
  private static double weight(float[][] points) {
    return Arrays.stream(points).filter(x -> x[0] + x[1] < 0).count() / (double) points.length;
  }

  /** Variance of a coordinate around the mode of its side. */
  private static double variance(float[][] points) {
    return Arrays.stream(points)
        .mapToDouble(
            x -> {
              double mode = x[0] + x[1] < 0 ? -4 : 4;
              return (Math.pow(x[0] - mode, 2) + Math.pow(x[1] - mode, 2)) / 2;
            })
        .average()
        .orElseThrow();
  }
}
