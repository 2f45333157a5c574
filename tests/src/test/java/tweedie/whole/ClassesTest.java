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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.whole.Commands.Outcome;

/**
 * A network that is told the class of a point: class 0 lies around (-4, -4), class 1, with a fifth
 * of the points, around (4, 4).
 */
class ClassesTest {

  private static final int COUNT = 400;

  @TempDir static Path made;
  private static Path run;
  private static Path conf;

  @TempDir Path temporary;

  @BeforeAll
  static void train() throws IOException {
    conf =
        Files.writeString(
            made.resolve("two.conf"),
            """
            tweedie {
              data {
                path = "%s"
                mixture { weights = [0.8, 0.2], means = [[-4, -4], [4, 4]], stds = [1, 1] }
              }
              noise.edm { mean = 0.5, std = 1.5, sigma-min = 0.01, sigma-max = 40 }
              model { network = mlp, hidden = 32, depth = 1, embedding = 16, classes = auto }
              train { epochs = 3, batch-size = 32, learning-rate = 1e-2, decay = cosine, threads-per-worker = 1, averaging.every = 20, keep-checkpoints = 30 }
            }
            """
                .formatted(made.resolve("points")));
    tweedie(
            "import",
            "--from",
            "mixture",
            "--conf",
            conf,
            "--limit",
            4000,
            "--output",
            made.resolve("points"))
        .succeeded();
    run = made.resolve("run");
    tweedie("train", "--run", run, "--conf", conf).succeeded();
  }

  private Outcome sample(Path of, Object... args) {
    List<Object> line = new ArrayList<>(List.of("sample", "--run", of, "--count", COUNT));
    line.addAll(Arrays.asList(args));
    return tweedie(line.toArray());
  }

  private List<LabeledImage> drawn(String name, Object... args) throws IOException {
    List<Object> line = new ArrayList<>(List.of("--name", name));
    line.addAll(Arrays.asList(args));
    sample(run, line.toArray()).succeeded();
    return Images.read(run.resolve("samples").resolve(name));
  }

  /** Share of the points on the side of the class that they have in the column label. */
  private static double agreement(List<LabeledImage> points) {
    return points.stream()
            .filter(x -> x.label() == (x.pixels()[0] + x.pixels()[1] < 0 ? 0 : 1))
            .count()
        / (double) points.size();
  }

  private static double shareOf0(List<LabeledImage> points) {
    return points.stream().filter(x -> x.label() == 0).count() / (double) points.size();
  }

  @Test
  void whatIsDrawnIsOfTheClassThatWasAskedFor() throws IOException {
    List<LabeledImage> each = drawn("each", "--classes", "each");
    List<LabeledImage> ones = drawn("ones", "--classes", "1");

    assertThat(each).extracting(LabeledImage::label).startsWith(0, 1, 0, 1);
    assertThat(ones).extracting(LabeledImage::label).containsOnly(1);
    assertThat(agreement(each)).isGreaterThan(0.97);
    assertThat(agreement(ones)).isGreaterThan(0.97);
  }

  @Test
  void unlessAskedClassesAreAsOftenAsInTheData() throws IOException {
    List<LabeledImage> points = drawn("data");
    List<LabeledImage> untold = drawn("untold", "--classes", "none");

    double error = 4 * Math.sqrt(0.8 * 0.2 / COUNT);
    assertThat(shareOf0(points)).isCloseTo(0.8, within(error));
    assertThat(agreement(points)).isGreaterThan(0.97);
    assertThat(untold).extracting(LabeledImage::label).containsOnly(-1);
    long of0 = untold.stream().filter(x -> x.pixels()[0] + x.pixels()[1] < 0).count();
    assertThat(of0 / (double) COUNT).isCloseTo(0.8, within(error + 0.05)); // 240 were not told
  }

  @Test
  void theModelThatIsNotToldIsTheGuide() throws IOException {
    List<LabeledImage> guided = drawn("guided", "--classes", "each", "--guidance", 1.5);

    assertThat(agreement(guided)).isGreaterThan(0.97);
    assertThat(Files.readString(run.resolve("samples/guided/origin.json")))
        .contains("told classes 0, 1", "guided with weight 1.5");
    assertThat(sample(run, "--name", "guided", "--classes", "1").refused().err())
        .contains("another --name");
  }

  @Test
  void anEarlierRoundOrALongerAverageOfTheRunIsAGuide() throws IOException {
    List<LabeledImage> early = drawn("early", "--guide", "@5", "--guidance", 1.5);
    List<LabeledImage> longer =
        drawn(
            "longer",
            "--guide",
            "@newest",
            "--guidance",
            1.5,
            "--classes",
            "each",
            "-D",
            "tweedie.sample.guidance.ema=0.2");

    assertThat(agreement(early)).isGreaterThan(0.97);
    assertThat(agreement(longer)).isGreaterThan(0.97);
    assertThat(Files.readString(run.resolve("samples/longer/origin.json")))
        .contains(", its weights averaged over 0.2 of training, told classes 0, 1 (");
  }

  @Test
  void weightsAreAveragedOverAnotherShareOfTrainingAfterwards() throws IOException {
    List<LabeledImage> points = drawn("averaged", "--ema", 0.15);

    assertThat(agreement(points)).isGreaterThan(0.97);
    assertThat(Files.readString(run.resolve("samples/averaged/origin.json")))
        .contains("its weights averaged over 0.15 of training");
    assertThat(sample(TinyRuns.digits().run(), "--name", "few", "--ema", 0.02).refused().err())
        .contains("The 2 checkpoints that the run keeps", "tweedie.train.keep-checkpoints");
    assertThat(sample(run, "--name", "few", "--ema", 0.5).refused().err())
        .contains("must be between 0 and 0.28 of the images seen, not 0.5");
  }

  @Test
  void theComponentsOfAMixtureAreItsClasses() throws IOException {
    Path oracle = temporary.resolve("oracle");
    tweedie(
            "sample",
            "--run",
            oracle,
            "--conf",
            conf,
            "-D",
            "tweedie.model.oracle=mixture",
            "--count",
            COUNT,
            "--classes",
            "1,0,0")
        .succeeded();

    List<LabeledImage> points = Images.read(oracle.resolve("samples/dpm-solver"));
    assertThat(points).extracting(LabeledImage::label).startsWith(1, 0, 0, 1);
    assertThat(agreement(points)).isEqualTo(1);
  }

  @Test
  void classesThatThereAreNotAreRefused() {
    assertThat(sample(run, "--classes", "1,2").refused().err())
        .contains("has '2', which is no class of the model; they are 0, 1");
    Path digits = TinyRuns.digits().run();
    assertThat(
            tweedie("sample", "--run", digits, "--count", 1, "--classes", "3", "--name", "threes")
                .refused()
                .err())
        .contains("needs a model that knows classes", "tweedie.model.classes = auto trains one");
    assertThat(digits.resolve("samples/threes")).doesNotExist();
  }

  @Test
  void classesNeedLabels() throws IOException {
    Path bare = Images.write(temporary.resolve("bare"), new ImageShape(8, 8, 1), 1, 8);
    Outcome refused =
        tweedie(
                "train",
                "--run",
                temporary.resolve("none"),
                "-D",
                "tweedie.data.path=" + bare,
                "-D",
                "tweedie.model.classes=auto",
                "-D",
                "tweedie.train.batch-size=4")
            .refused();
    assertThat(refused.err()).contains("tweedie.model.classes = \"auto\" needs labels");
    assertThat(temporary.resolve("none")).doesNotExist();

    assertThat(
            tweedie(
                    "train",
                    "--run",
                    temporary.resolve("few"),
                    "--conf",
                    conf,
                    "-D",
                    "tweedie.model.classes=1")
                .refused()
                .err())
        .contains("must be at least 2, as many as the labels say");
    assertThat(
            tweedie(
                    "train",
                    "--run",
                    temporary.resolve("few"),
                    "--conf",
                    conf,
                    "-D",
                    "tweedie.model.classes=some")
                .refused()
                .err())
        .contains("must be auto, none or a whole number from 1 to 99999");
  }

  @Test
  void evaluateSaysWhetherTheClassAskedForIsRecognised() throws IOException {
    Path digits = temporary.resolve("digits");
    tweedie(
            "train",
            "--run",
            digits,
            "-D",
            "tweedie.data.path=" + TinyRuns.digits().training(),
            "-D",
            "tweedie.model.channels=[4, 8]",
            "-D",
            "tweedie.model.halvings=1",
            "-D",
            "tweedie.model.classes=auto",
            "-D",
            "tweedie.data.augment=flip",
            "-D",
            "tweedie.train.dropout=0.1",
            "-D",
            "tweedie.train.consistency=0.5",
            "-D",
            "tweedie.train.epochs=1",
            "-D",
            "tweedie.train.threads-per-worker=1",
            "-D",
            "tweedie.evaluate.projections=32")
        .succeeded();
    tweedie("sample", "--run", digits, "--count", 40, "--classes", "each").succeeded();
    Outcome table =
        tweedie("evaluate", "--run", digits, "--data", TinyRuns.digits().fresh()).succeeded();

    assertThat(table.out()).contains("asked for", "all, recognised of 40", "9, recognised of 4");
    JsonNode asked =
        new ObjectMapper()
            .readTree(digits.resolve("evaluation/samples-dpm-solver.json").toFile())
            .get("asked");
    assertThat(asked).hasSize(11);
    assertThat(asked.get(0).get("name").asText()).isEqualTo("all");
    assertThat(asked.get(1).get("images").intValue()).isEqualTo(4);
    tweedie("report", "--run", digits).succeeded();
    assertThat(Files.readString(digits.resolve("report.html"))).contains("class asked for");
  }

  @Test
  void classesAreToldApartByTheirDensities() throws IOException {
    tweedie("evaluate", "--run", run, "--what", "classes").succeeded();
    JsonNode learned = classes(run);
    Path oracle = temporary.resolve("oracle");
    tweedie(
            "evaluate",
            "--run",
            oracle,
            "--conf",
            conf,
            "--what",
            "classes",
            "-D",
            "tweedie.model.oracle=mixture",
            "-D",
            "tweedie.evaluate.class-density.noise=4",
            "-D",
            "tweedie.data.mixture.means=[[-1, 0], [1, 0]]")
        .succeeded();
    JsonNode exact = classes(oracle);

    assertThat(learned.get("accuracy").get("value").doubleValue()).isGreaterThan(0.98);
    assertThat(learned.get("classes").get(1).get("name").asText()).isEqualTo("1");
    assertThat(learned.get("images").intValue()).isEqualTo(500);
    // of points as likely as each other: Phi(1), as the errors do not know how often a class is
    assertThat(exact.get("accuracy").get("value").doubleValue())
        .isCloseTo(0.841, within(4 * Math.sqrt(0.841 * 0.159 / 500)));
    assertThat(
            tweedie("evaluate", "--run", TinyRuns.digits().run(), "--what", "classes")
                .refused()
                .err())
        .contains("--what classes needs a model that knows classes");
  }

  private static JsonNode classes(Path of) throws IOException {
    return new ObjectMapper().readTree(of.resolve("evaluation/classes.json").toFile());
  }
}
