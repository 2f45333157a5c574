package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.whole.Commands.Outcome;

/** Samples of one normal distribution, standard deviation 0.5, guided by one of 0.9. */
class GuidedSamplingTest {

  private static final int COUNT = 1000;

  @TempDir static Path shared;
  @TempDir Path run;

  @BeforeAll
  static void drawFromTheGuides() throws IOException {
    settings("good", 1, 0.5, 40);
    settings("bad", 1, 0.9, 40);
    settings("near", 1, 0.9, 10);
    settings("plane", 2, 0.9, 40);
    for (String guide : List.of("bad", "near", "plane")) {
      tweedie(
              "sample",
              "--run",
              shared.resolve(guide),
              "--conf",
              shared.resolve(guide + ".conf"),
              "--count",
              1)
          .succeeded();
    }
  }

  private static void settings(String name, int d, double std, double max) throws IOException {
    Files.writeString(
        shared.resolve(name + ".conf"),
        """
        tweedie {
          data.mixture { weights = [1], means = [%s], stds = [%s] }
          noise.edm { sigma-min = 0.01, sigma-max = %s }
          model.oracle = mixture
        }
        """
            .formatted(Arrays.toString(new int[d]), std, max));
  }

  private Outcome sample(Object... args) {
    List<Object> line =
        new ArrayList<>(
            List.of(
                "sample",
                "--run",
                run,
                "--conf",
                shared.resolve("good.conf"),
                "--count",
                COUNT,
                "--method",
                "ode"));
    line.addAll(Arrays.asList(args));
    return tweedie(line.toArray());
  }

  private double std(String name) throws IOException {
    float[][] points = Images.pixels(run.resolve("samples").resolve(name));
    return Math.sqrt(Arrays.stream(points).mapToDouble(x -> x[0] * x[0]).average().orElseThrow());
  }

  /** The flow of {@code tweedie.score.GuidanceTest}: 0.5^2 / 0.9 for chains that begin far away. */
  @Test
  void guidanceLeadsAwayFromTheGuide() throws IOException {
    sample("--name", "alone").succeeded();
    sample("--name", "led", "--guide", shared.resolve("bad"), "--guidance", 2).succeeded();

    assertThat(std("alone")).isCloseTo(0.5, within(0.05));
    assertThat(std("led") / std("alone")).isCloseTo(0.5 / 0.9, within(0.01));
    assertThat(Files.readString(run.resolve("samples/led/diagnostics.json")))
        .contains("\"warnings\" : [ ]");
  }

  @Test
  void itActsWhereItIsToldTo() throws IOException {
    sample("--name", "alone").succeeded();
    sample(
            "--name",
            "far",
            "--guide",
            shared.resolve("bad"),
            "--guidance",
            2,
            "-D",
            "tweedie.sample.guidance.sigma-min=30")
        .succeeded();

    assertThat(std("far") / std("alone")).isCloseTo(1, within(0.001)).isNotEqualTo(1);
  }

  @Test
  void samplesOfAnotherGuidanceAreNotMixed() {
    sample("--guide", shared.resolve("bad"), "--guidance", 2).succeeded();

    assertThat(sample("--guide", shared.resolve("bad"), "--guidance", 3).refused().err())
        .contains("guided with weight 2.0", "guided with weight 3.0", "another --name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plane | 2 | is a model of images of 1x1x2, and cannot guide one of 1x1x1
          near  | 2 | was trained with noise from 0.01000 to 10.00, and would guide from 0.01000 to 40.00
          none  | 2 | is no run: it has no config.conf
          bad   | 1 | leads nowhere with weight 1: give --guidance W
          """)
  void guidesThatCannotGuideAreRefused(String guide, double weight, String sentence) {
    Outcome refused = sample("--guide", shared.resolve(guide), "--guidance", weight).refused();

    assertThat(refused.err()).contains(sentence);
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aGuideOfLessNoiseMayActWithinIt() {
    sample(
            "--guide",
            shared.resolve("near"),
            "--guidance",
            2,
            "-D",
            "tweedie.sample.guidance.sigma-max=10")
        .succeeded();
  }

  @Test
  void aWeightNeedsAGuide() {
    assertThat(sample("--guidance", 2).refused().err()).contains("needs a guide");
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aLikelihoodIsNotGuided() {
    sample().succeeded();

    Outcome refused =
        tweedie(
                "evaluate",
                "--run",
                run,
                "--what",
                "likelihood",
                "-D",
                "tweedie.sample.guidance.weight=2")
            .refused();

    assertThat(refused.err()).contains("a guided model is that of no density");
  }
}
