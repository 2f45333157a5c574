package tweedie.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.driver.Golden;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.evaluate.classes.ClassResult;
import tweedie.driver.evaluate.likelihood.LikelihoodResult;
import tweedie.driver.evaluate.representations.RepresentationResult;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.evaluate.score.ScoreResult;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.report.Card.Command;
import tweedie.driver.run.RunDirectory;

/** The sections that a report makes of files of an earlier version. */
class ReportSectionsTest {

  private static ReportEvaluation evaluation;
  private static List<ReportSamples> samples;

  @BeforeAll
  static void readTheRun() throws IOException {
    evaluation = ReportEvaluation.of(Golden.run());
    samples = ReportSamples.of(Golden.run());
  }

  private static ReportQuality quality() {
    return ReportQuality.of(evaluation.samples().get(0), "heun", Optional.empty());
  }

  private static ReportLikelihood likelihood() {
    return ReportLikelihood.of(evaluation.likelihood().orElseThrow(), evaluation.ofImages());
  }

  private static ReportScore score() {
    return ReportScore.of(evaluation.score().orElseThrow());
  }

  private static List<String> names(Chart chart) {
    return chart.series().stream().map(Series::name).toList();
  }

  @Test
  void samplesSayHowTheyWereDrawn() {
    ReportSamples heun = samples.get(0);
    ReportSamples walk = samples.get(1);
    assertThat(heun.about())
        .isEqualTo(
            "64 samples of the network after round 12 by heun, 18 levels; 35 calls of the denoiser"
                + " for each chain.");
    assertThat(heun.mixing()).isNull();
    assertThat(heun.noise())
        .containsExactly(
            Point.of(10, 1.0201 / 0.1), Point.of(1, 1.0201), Point.of(0.1, 1.0201 / 10));
    assertThat(walk.warnings())
        .hasSize(2)
        .last()
        .isEqualTo("2 chains were stopped because a value was not finite");
    assertThat(walk.mixing().rows())
        .containsExactly(
            List.of("projection 1", "1.063", "31.5", "2.03"), List.of("class", "-", "-", "-"));
    assertThat(names(ReportSamples.noise(samples))).containsExactly("heun", "too much");
  }

  @Test
  void qualityHasARowForEveryMetric() {
    ReportQuality quality = quality();
    assertThat(quality.about())
        .isEqualTo(
            "40 of 64 samples against as many images of file:/data/fresh images (not trained on)."
                + " Holm's p-values, in brackets, are for all tests of a column.");
    assertThat(quality.metrics().rows())
        .hasSize(24)
        .contains(
            List.of(
                "pixels",
                "MMD^2, cubic kernel",
                "0.0003333 (0.0003125 to 0.000381), p\u00a0=\u00a00.03125 (0.1875)",
                "0.0001667 (0.0001563 to 0.0001905), p\u00a0=\u00a00.7 (1)",
                "0.001 (0.0009375 to 0.001143), p\u00a0=\u00a01.000e-05 (5.000e-05)"))
        .contains(
            List.of(
                "training",
                "mean distance",
                "6.5 (6.094 to 7.429)",
                "3.25 (3.047 to 3.714)",
                "19.5 (18.28 to 22.29)"));
    Chart classes = quality.classes();
    assertThat(classes.title()).isEqualTo("classes of heun");
    assertThat(classes.note()).contains("p = 0.7047 for samples, 0.9 for other real images");
    assertThat(classes.series().get(0).points())
        .containsExactly(Point.of(0, 22), Point.of(1, 10), Point.of(2, 8));
  }

  @Test
  void cardIsOfTheNearestSet() {
    assertThat(ReportQuality.cards(evaluation.samples()))
        .containsExactly(
            new Card(
                "Sliced W2 of pixels",
                "0.02492",
                "95 %: 0.02337 to 0.02849",
                "heun, 40 images; other real images: 0.01246 (0.01168 to 0.01424)"));
    assertThat(ReportQuality.cards(List.of())).isEmpty();
  }

  @Test
  void qualityByCallsComparesSetsOfOneSize() {
    List<Chart> charts = ReportQuality.byCalls(evaluation.samples(), samples);
    assertThat(charts)
        .extracting(Chart::title)
        .containsExactly(
            "sliced W2 of pixels by calls", "MMD^2, cubic kernel of features by calls");
    assertThat(names(charts.get(0))).containsExactly("heun", "walk", "real images (floor)");
    assertThat(charts.get(0).series().get(2).points())
        .extracting(Point::x)
        .containsExactly(35.0, 400.0);
    assertThat(ReportQuality.byCalls(evaluation.samples(), List.of())).isEmpty();
  }

  @Test
  void likelihoodShowsWhatIsKnown() {
    ReportLikelihood likelihood = likelihood();
    assertThat(likelihood.card())
        .isEqualTo(
            new Card(
                "Bits per dimension",
                "3.25",
                "95 %: 3.152 to 3.348",
                "3 images, not trained on; smoothed at s = 0.01"));
    assertThat(likelihood.numbers().rows())
        .contains(
            List.of("bits per dimension", "3.25 (3.152 to 3.348)"),
            List.of("of it by dequantization and probes", "0.001"),
            List.of("noise", "0.01 to 10"),
            List.of(
                "with twice the smallest noise, 0.02",
                "0.0125 bits per dimension more, standard error -, on 3 images"))
        .noneMatch(row -> row.get(0).equals("of it by probes"));
    assertThat(likelihood.histogram().series().get(0).points()).hasSize(30);
    assertThat(ReportLikelihood.of(evaluation.likelihood().orElseThrow(), List.of()).histogram())
        .isNull();
  }

  @Test
  void classesHaveTheirNames() {
    String file = Golden.text("run/evaluation/samples-heun.json");
    String named = file.replaceFirst("\"shares\"", "\"names\": [\"cat\", \"dog\"], \"shares\"");
    assertThat(categories(file)).containsExactly("0", "1", "2");
    assertThat(categories(named)).containsExactly("cat", "dog", "2");
  }

  private static List<String> categories(String file) {
    SamplesResult set = Json.SNAKE_PAGE.read(file, SamplesResult.class, "a test");
    return ReportQuality.of(set, "heun", Optional.empty()).classes().x().categories();
  }

  @Test
  void scoreIsDrawnForEveryNumberOfCopies() {
    ReportScore score = score();
    assertThat(score.about())
        .isEqualTo(
            "the network after round 12 on 500 images of file:/data/fresh (trained on); the floor"
                + " is the best denoiser of the training images.");
    assertThat(names(score.charts().get(0)))
        .containsExactly(
            "model, m = 1",
            "model, m = 1: excess",
            "floor",
            "model, m = 4",
            "model, m = 4: excess");
    assertThat(names(score.charts().get(1)))
        .containsExactly("m = 1", "floor, m = 1", "m = 4", "floor, m = 4");
    assertThat(score.charts().get(1).series().get(0).points())
        .containsExactly(Point.of(0.1, 19.9), Point.of(3, 17));
  }

  @Test
  void commandsNameTheRoundAndWhatWasAskedFor() throws IOException {
    RunDirectory run = Golden.run();
    Recipe commands = new Recipe(run, SettingsLoader.load(Optional.empty(), List.of()));
    String of = "--run " + run.path().toUri().getPath();
    assertThat(
            commands.all(
                samples.subList(0, 1),
                List.of(quality()),
                Optional.of(likelihood()),
                Optional.of(score()),
                knowledge()))
        .extracting(Command::line)
        .containsExactly(
            "tweedie sample " + of + " --count 64 --name heun --checkpoint 12",
            "tweedie evaluate "
                + of
                + " --what samples --samples heun --data 'file:/data/fresh images'"
                + " \\\n    -D tweedie.evaluate.projections=8"
                + " \\\n    -D 'tweedie.data.path=/data/with blank'",
            "tweedie evaluate " + of + " --what likelihood --data file:/data/fresh --checkpoint 12",
            "tweedie evaluate "
                + of
                + " --what score --checkpoint 12"
                + " \\\n    -D tweedie.evaluate.projections=8"
                + " \\\n    -D 'tweedie.data.path=/data/with blank'",
            "tweedie evaluate " + of + " --what classes --data fresh --checkpoint 12",
            "tweedie evaluate "
                + of
                + " --what representations --data fresh --checkpoint 12"
                + " \\\n    -D tweedie.code.steps=8",
            "tweedie report " + of);
  }

  /** Of files that were written before a code was compared with one that is moved alike. */
  private static List<ReportKnowledge> knowledge() {
    String classes =
        """
        {"model": "the network after round 12", "data": "fresh", "trained_on": false, "images": 4,
         "levels": [0.1, 0.5, 2], "noise": 1, "accuracy": {"value": 0.75, "low": 0.3, "high": 0.95},
         "classes": [{"name": "cat", "images": 4, "recognised": [3, 1],
                      "accuracy": {"value": 0.75, "low": 0.3, "high": 0.95}}],
         "seconds": 1, "overrides": []}
        """;
    String representations =
        """
        {"model": "the network after round 12", "data": "fresh", "trained_on": false,
         "sigma_min": 0.1, "sigma_max": 10, "training": "seen", "training_images": 2000,
         "test_images": 1000, "augmented_images": 200, "seconds": 1,
         "overrides": ["tweedie.code.steps=8"],
         "probes": [{"of": "middle", "noise": 0.3, "values": 128, "ridge": 0.01,
                     "accuracy": {"value": 0.9, "low": 0.88, "high": 0.92}}],
         "augmentations": [{"how": "noisy", "pixels": {"value": 0.1, "low": 0.09, "high": 0.11},
                            "codes": {"value": 2, "low": 1, "high": 4}}]}
        """;
    return ReportKnowledge.of(
        new ReportEvaluation(
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.of(Json.SNAKE_LINE.read(classes, ClassResult.class, "a test")),
            Optional.of(
                Json.SNAKE_LINE.read(representations, RepresentationResult.class, "a test"))));
  }

  @Test
  void knowledgeHasTheTablesOfClassesAndRepresentations() {
    ReportKnowledge classes = knowledge().get(0);
    ReportKnowledge representations = knowledge().get(1);
    assertThat(classes.about()).contains("the network after round 12 on 4 images of fresh");
    assertThat(classes.tables().get(0).rows())
        .containsExactly(
            List.of("all", "4", "0.75 (0.3 to 0.95)"), List.of("cat", "4", "0.75 (0.3 to 0.95)"));
    assertThat(representations.tables().get(0).rows())
        .containsExactly(List.of("middle at noise 0.3", "128", "0.9 (0.88 to 0.92)"));
    assertThat(representations.tables().get(1).rows())
        .containsExactly(List.of("noisy", "0.1 (0.09 to 0.11)", "2 (1 to 4)", "-"));
  }

  @Test
  void filesThatSayLessAreShown() {
    String likelihood =
        """
        {"subject": {"model": "m", "weights": "", "data": "d", "trained_on": false, "dimension": 4,
                     "dequantized": true, "repeats": 1, "seed": 1},
         "density": "of it", "sigma_min": 0.01, "sigma_max": 10, "images": 3,
         "bits_per_dimension": {"value": 1.25}, "offset": 8, "nats_per_image": {"value": -3},
         "calls_per_image": 50, "tails": {"moments_of_data": 0, "squared_radius": 1},
         "batches_kept": 0, "seconds": 1}
        """;
    ReportLikelihood shown =
        ReportLikelihood.of(
            Json.SNAKE_LINE.read(likelihood, LikelihoodResult.class, "a test"), List.of());
    assertThat(shown.about()).isEqualTo("3 images of d (not trained on): of it.");
    assertThat(shown.card().interval()).isEmpty();
    assertThat(shown.numbers().rows()).contains(List.of("bits per dimension", "1.25"));
    String least =
        """
        {"model": "m", "floor": "f", "data": "d", "trained_on": true, "images": 3, "dimension": 4,
         "range": 1, "sees_copies": false, "seconds": 1}
        """;
    ScoreResult score = Json.SNAKE_LINE.read(least, ScoreResult.class, "a test");
    assertThat(ReportScore.of(score).charts()).isEmpty();
  }

  @Test
  void damagedFileIsNamed(@TempDir Path directory) throws IOException {
    Path file = Files.createDirectories(directory.resolve("evaluation")).resolve("score.json");
    RunDirectory run =
        RunDirectory.at(new org.apache.hadoop.fs.Path(directory.toUri()), new Configuration());
    assertThat(ReportEvaluation.of(run))
        .isEqualTo(
            new ReportEvaluation(
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    Files.writeString(file, "{");
    assertThatThrownBy(() -> ReportEvaluation.of(run))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("evaluation/score.json is damaged: it holds no JSON, ");
    Files.writeString(file, "{\"images\": \"many\"}");
    assertThatThrownBy(() -> ReportEvaluation.of(run))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is damaged: images is wrong: ")
        .hasMessageContaining("many");
  }
}
