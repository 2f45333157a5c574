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
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.whole.Commands.Outcome;

/** {@code model.oracle} and {@code evaluate --what score}. */
class ScoreTest {

  private static final int SAMPLES = 24;

  @TempDir static Path made;
  private static Path seen;
  private static Path unseen;

  @TempDir Path temporary;

  @BeforeAll
  static void draw() {
    seen = digits("seen", 60, 1);
    unseen = digits("unseen", 30, 2);
  }

  private static Path digits(String name, int count, int seed) {
    Path output = made.resolve(name);
    TinyRuns.importDigits(output, 8, count, seed);
    return output;
  }

  private Outcome onData(String command, Object... args) {
    List<Object> line =
        new ArrayList<>(
            List.of(
                command,
                "--run",
                temporary.resolve("run"),
                "-D",
                "tweedie.model.oracle=data",
                "-D",
                "tweedie.data.path=" + seen,
                "-D",
                "tweedie.sample.levels=6",
                "-D",
                "tweedie.evaluate.score.images=40",
                "-D",
                "tweedie.evaluate.score.levels=3",
                "-D",
                "tweedie.evaluate.score.copies=[1, 4]"));
    line.addAll(List.of(args));
    return tweedie(line.toArray());
  }

  private static JsonNode score(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("evaluation/score.json").toFile());
  }

  private static double value(JsonNode level, String number) {
    return level.get("score").get(number).get("value").doubleValue();
  }

  @Test
  void dataAsTheModelDrawItselfAndAreFoundOut() throws IOException {
    onData("sample", "--count", SAMPLES, "--method", "heun").succeeded();
    Path run = temporary.resolve("run");
    float[][] images = Images.pixels(seen);
    for (float[] sample : Images.pixels(run.resolve("samples/heun"))) {
      double nearest = Double.POSITIVE_INFINITY;
      for (float[] image : images) {
        double squares = 0;
        for (int j = 0; j < image.length; j++) {
          squares += Math.pow(sample[j] - image[j], 2);
        }
        nearest = Math.min(nearest, Math.sqrt(squares));
      }
      assertThat(nearest).isLessThan(0.05);
    }
    assertThat(run.resolve("data.json")).exists();

    // too few to say something: left out, but refused where they are asked for
    onData("sample", "--count", 5, "--method", "heun", "--name", "few").succeeded();
    assertThat(
            onData("evaluate", "--what", "score", "--data", unseen, "--samples", "few")
                .refused()
                .err())
        .contains("few holds 5 samples; at least 20 are needed to measure them");
    assertThat(run.resolve("evaluation")).doesNotExist();

    Outcome outcome = onData("evaluate", "--what", "score", "--data", unseen).succeeded();
    JsonNode score = score(run);
    assertThat(score.get("floor").asText()).isEqualTo("the training images");
    assertThat(score.get("matched")).hasSize(6);
    for (JsonNode level : score.get("matched")) {
      assertThat(value(level, "excess")).isLessThan(1e-20);
      double ofUnseen = level.get("held_out").get("error").get("value").doubleValue();
      assertThat(ofUnseen)
          .isCloseTo(
              level.get("held_out").get("of_training_data").get("value").doubleValue(),
              within(1e-12));
    }
    // at the smallest noise every image is known, and no other is
    JsonNode smallest = score.get("matched").get(4);
    assertThat(value(smallest, "floor")).isLessThan(1e-6);
    assertThat(smallest.get("held_out").get("error").get("value").doubleValue())
        .isGreaterThan(1e-3);
    assertThat(score.get("memorised")).hasSize(1);
    JsonNode memorised = score.get("memorised").get(0);
    assertThat(memorised.get("nearer_to_training").get("value").doubleValue()).isEqualTo(1);
    assertThat(memorised.get("expected").doubleValue()).isCloseTo(60 / 90.0, within(1e-12));
    assertThat(outcome.out()).contains("at fixed sigma of a copy:", "lie nearest to a training");
  }

  @Test
  void theMixtureIsAtItsFloorAndManyCopiesAreOneCopyOfLessNoise() throws IOException {
    Path run = temporary.resolve("mixture");
    Path conf =
        Files.writeString(
            temporary.resolve("tilted.conf"),
            """
            tweedie {
              data.mixture {
                weights = [0.3333333, 0.3333333, 0.3333333]
                means = [[-2, 0], [2, 1], [0, -2]]
                covariances = [[[0.5, 0.3], [0.3, 0.4]], [[0.2, 0], [0, 0.6]], [[1, -0.5], [-0.5, 0.3]]]
              }
              noise.edm { sigma-min = 0.1, sigma-max = 4 }
              model.oracle = mixture
              evaluate.score { images = 4000, levels = 2, copies = [1, 4] }
            }
            """);
    tweedie("evaluate", "--run", run, "--conf", conf, "--what", "score").succeeded();
    JsonNode score = score(run);
    for (String table : List.of("matched", "fixed")) {
      for (JsonNode level : score.get(table)) {
        assertThat(value(level, "excess")).isLessThan(1e-28);
        JsonNode error = level.get("score").get("error");
        assertThat(value(level, "floor"))
            .isBetween(
                2 * error.get("low").doubleValue() - value(level, "error"),
                2 * error.get("high").doubleValue() - value(level, "error"));
        assertThat(level.get("s").doubleValue())
            .isCloseTo(
                level.get("sigma").doubleValue() / Math.sqrt(level.get("copies").intValue()),
                within(1e-12));
      }
    }
    JsonNode matched = score.get("matched");
    assertThat(matched.get(0).get("score")).isEqualTo(matched.get(1).get("score"));
    JsonNode fixed = score.get("fixed");
    assertThat(value(fixed.get(1), "error")).isLessThan(value(fixed.get(0), "error"));
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertThat(onData("sample", "--count", 1, "-D", "tweedie.data.path=" + empty).refused().err())
        .contains("command line: tweedie.data.path = ")
        .contains("is no data set: " + empty + " holds no *.parquet file");
    assertThat(onData("evaluate", "--what", "score", "--data", empty).refused().err())
        .contains(empty + " holds no *.parquet file");
    assertThat(
            onData(
                    "evaluate",
                    "--what",
                    "score",
                    "-D",
                    "tweedie.evaluate.score.sigma-min=100",
                    "--data",
                    unseen)
                .refused()
                .err())
        .contains("The score needs tweedie.evaluate.score.sigma-min, 100.0, to be at most");
    assertThat(temporary.resolve("run/evaluation")).doesNotExist();
  }
}
