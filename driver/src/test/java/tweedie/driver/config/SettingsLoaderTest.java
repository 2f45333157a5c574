package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Weighting;
import tweedie.train.TrainSettings;

class SettingsLoaderTest {

  @TempDir Path directory;

  @Test
  void defaultsAreThoseOfTheReference() {
    Settings settings = load("").settings();

    assertThat(settings.seed()).isEqualTo(1);
    assertThat(settings.noise().weighting()).isEqualTo(Weighting.EDM);
    assertThat(settings.noise().ve()).isEqualTo(new Settings.Ve(25, 1e-3, 1));
    assertThat(settings.model().channels()).containsExactly(32, 64, 128);
    assertThat(settings.train().ema()).isEqualTo(new Settings.Ema(500000, 0.05));
    assertThat(settings.sample().finalJump()).isTrue();
  }

  @Test
  void commandLineWinsOverFileOverTextOverPresetOverReference() throws IOException {
    Path file = write("tweedie { model { depth = 7, embedding = 7 }, seed = 7 }");
    ConfigText below =
        new ConfigText(
            "run", "tweedie { model { preset = tiny, depth = 6, hidden = 6, embedding = 6 } }");

    Settings settings =
        SettingsLoader.load(
                Optional.of(file), List.of("tweedie.model.embedding=8"), Optional.of(below))
            .settings();

    assertThat(settings.model().embedding()).as("command line").isEqualTo(8);
    assertThat(settings.model().depth()).as("file").isEqualTo(7);
    assertThat(settings.model().hidden()).as("text").isEqualTo(6);
    assertThat(settings.model().channels()).as("preset").containsExactly(16, 32, 64);
    assertThat(settings.model().blocks()).as("reference").isEqualTo(1);
  }

  @Test
  void theLastOverrideWins() {
    assertThat(load("", "tweedie.seed=2", "tweedie.seed=3").settings().seed()).isEqualTo(3);
  }

  @Test
  void overridesNeedNoQuotes() {
    Settings settings =
        load(
                "",
                "tweedie.data.path=hdfs://host:9000/a b//c#d",
                "tweedie.model.channels=[8, 16, 32]",
                "tweedie.data.mixture={weights = [1], means = [[2, 3]], stds = [4]}",
                "tweedie.train.learning-rate=2e-4",
                "tweedie.sample.method=annealed",
                "tweedie.sample.final-jump=false",
                "tweedie.train.decay=inverse-sqrt")
            .settings();

    assertThat(settings.data().path()).isEqualTo("hdfs://host:9000/a b//c#d");
    assertThat(settings.model().channels()).containsExactly(8, 16, 32);
    assertThat(settings.data().mixture().stds()).containsExactly(4.0);
    assertThat(settings.train().learningRate()).isEqualTo(2e-4);
    assertThat(settings.sample().finalJump()).isFalse();
    assertThat(settings.train().decay()).isEqualTo(TrainSettings.Decay.INVERSE_SQRT);
  }

  @Test
  void settingsOfAFileMayReferToEachOther() throws IOException {
    Path file = write("tweedie { seed = 5, train.workers = ${tweedie.seed} }");
    assertThat(SettingsLoader.load(Optional.of(file), List.of()).settings().train())
        .returns(5, Settings.Train::workers);
  }

  @Test
  void roundsAreEpochsOrStepsAndOuterNumbersArePublishedOrGiven() {
    Settings.Averaging defaults = load("").settings().train().averaging();
    assertThat(defaults.every()).isEqualTo(Settings.Averaging.EPOCH);
    assertThat(defaults.outerMomentum()).isEqualTo(Settings.Averaging.PUBLISHED);
    Settings.Averaging given =
        load("tweedie.train.averaging { every = 50, outer-momentum = 0, outer-learning-rate = 1 }")
            .settings()
            .train()
            .averaging();
    assertThat(given.every()).isEqualTo("50");
    assertThat(given.outerMomentum()).isEqualTo("0");
    assertThatThrownBy(
            () ->
                load(
                    "tweedie.train.averaging { every = 0, outer-momentum = 1, outer-learning-rate = -1 }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("averaging.every = 0 must be epoch or a whole number of at least 1")
        .hasMessageContaining(
            "averaging.outer-momentum = 1 must be published or a number of at least 0 and less than 1")
        .hasMessageContaining(
            "averaging.outer-learning-rate = -1 must be published or a number of at least 1e-9 and at most 1000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "seed", "mnist", "cifar10", "vector"})
  void everyPresetLoads(String preset) {
    assertThat(load("tweedie.model.preset = " + preset).settings().model().preset())
        .isEqualTo(preset);
  }

  @Test
  void resolvedConfigLoadsBackToTheSameSettings() {
    LoadedSettings loaded =
        load(
            """
            tweedie {
              data.path = "s3a://bucket/a \\"quoted\\" path"
              data.mixture { weights = [0.25, 0.75], means = [[0, 1.5], [2, 3]], stds = [0.1, 1] }
              model.preset = seed
              noise.schedule = ve
              sample.name = 007
            }
            """,
            "tweedie.train.decay=inverse-sqrt",
            "tweedie.train.learning-rate=3.3e-5",
            "tweedie.seed=-9223372036854775808");

    LoadedSettings again = load(loaded.resolved());

    assertThat(again.settings()).isEqualTo(loaded.settings());
    assertThat(again.resolved()).isEqualTo(loaded.resolved());
    assertThat(loaded.settings().sample().name()).isEqualTo("007");
    assertThat(leaves(loaded.resolved())).isEqualTo(leaves(ReferenceTest.reference()));
    assertThat(loaded.resolved()).doesNotContain("#").contains("channels=[");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          noise.copies = 0                | noise.copies = 0 must be a whole number of at least 1 and at most 1000000
          noise.copies = 1.5              | noise.copies = 1.5 must be a whole number of at least 1 and at most 1000000
          noise.copies = 3000000000       | noise.copies = 3000000000 must be a whole number of at least 1 and at most 1000000
          noise.copies = many             | noise.copies = "many" must be a whole number of at least 1 and at most 1000000
          noise.copies = null             | noise.copies = null must be a whole number of at least 1 and at most 1000000
          noise.copies = [1]              | noise.copies = [1] must be a whole number of at least 1 and at most 1000000
          noise.fixed.sigma = 0           | noise.fixed.sigma = 0 must be a number of at least 1e-9 and at most 1000000000
          noise.fixed.sigma = -1          | noise.fixed.sigma = -1 must be a number of at least 1e-9 and at most 1000000000
          noise.fixed.sigma = NaN         | noise.fixed.sigma = "NaN" must be a number of at least 1e-9 and at most 1000000000
          noise.edm.mean = 1e999          | noise.edm.mean = 1e999 must be a number of at least -50 and at most 50
          noise.ve.sigma = 1              | noise.ve.sigma = 1 must be a number of at least 1.0001 and at most 1000000000
          noise.ve.t-min = 2              | noise.ve.t-min = 2 must be at most tweedie.noise.ve.t-max = 1 (reference.conf:LINE)
          noise.edm.sigma-min = 81        | noise.edm.sigma-min = 81 must be at most tweedie.noise.edm.sigma-max = 80 (reference.conf:LINE)
          noise.schedule = vp             | noise.schedule = "vp" must be one of ve, fixed, edm
          noise.weighting = 1             | noise.weighting = 1 must be one of error, score, edm
          noise.ve = 25                   | noise.ve = 25 must be a group of settings in braces
          model.preset = huge             | model.preset = "huge" must be one of tiny, seed, mnist, cifar10, vector, or empty
          model.halvings = 3              | model.halvings = 3 must be less than the number of channels, at most 2 for tweedie.model.channels = [32,64,128] (reference.conf:LINE)
          model.channels = []             | model.channels = [] must hold at least one number, such as [32, 64]
          model.channels = 32             | model.channels = 32 must be a list in brackets
          model.channels = [8, 0]         | model.channels[1] = 0 must be a whole number of at least 1 and at most 65536
          model.oracle = mixture          | model.oracle = "mixture" needs the mixture: give tweedie.data.mixture.weights, .means and .stds or .covariances
          model.oracle = data             | model.oracle = "data" needs the data: give tweedie.data.path
          model.oracle = none2            | model.oracle = "none2" must be one of none, mixture, data
          train.epochs = 0                | train.epochs = 0 must be a whole number of at least 1 and at most 1000000
          train.batch-size = 0            | train.batch-size = 0 must be a whole number of at least 1 and at most 1000000
          train.stable-targets.reference = 8 | train.stable-targets.reference = 8 must be 0 or at least tweedie.train.batch-size = 64 (reference.conf:LINE): a minibatch is a part of its reference
          noise.draws = 0                 | noise.draws = 0 must be a whole number of at least 1 and at most 10000
          train.workers = 0               | train.workers = 0 must be a whole number of at least 1 and at most 10000
          train.learning-rate = 0         | train.learning-rate = 0 must be a number of at least 1e-20 and at most 1000000
          train.beta1 = 1                 | train.beta1 = 1 must be a number of at least 0 and at most 0.9999999
          train.averaging.strategy = max  | train.averaging.strategy = "max" must be one of mean, nesterov, slowmo
          sample.final-jump = maybe       | sample.final-jump = "maybe" must be true or false
          sample.name = [a]               | sample.name = ["a"] must be a text
          sample.name = a/b               | sample.name = "a/b" must consist of letters, digits, '-', '_' and '.'
          sample { sigma-min = 2, sigma-max = 1 } | sample.sigma-min = 2 must be at most tweedie.sample.sigma-max = 1 (FILE:3)
          noise.copies = 0                | noise.copies = 0 must be a whole number of at least 1 and at most 1000000
          noise.fixed.sigma = 0           | noise.fixed.sigma = 0 must be a number of at least 1e-9 and at most 1000000000
          evaluate.score.copies = [1, 0]  | evaluate.score.copies[1] = 0 must be a whole number of at least 1 and at most 1000000
          evaluate.score.copies = []      | evaluate.score.copies = [] must hold at least one number, such as [1, 4]
          evaluate.score { sigma-min = 2, sigma-max = 1 } | evaluate.score.sigma-min = 2 must be at most tweedie.evaluate.score.sigma-max = 1 (FILE:3)
          data.mixture.weights = [-1]     | data.mixture.weights[0] = -1 must be a number of at least 0 and at most 1
          train.batchSize = 8             | train.batchSize = 8 is not a setting; did you mean tweedie.train.batch-size?
          train.epoch = 8                 | train.epoch = 8 is not a setting; did you mean tweedie.train.epochs?
          batch-size = 8                  | batch-size = 8 is not a setting; did you mean tweedie.train.batch-size or tweedie.sample.batch-size?
          trian { epochs = 8 }            | trian = {"epochs":8} is not a setting; did you mean tweedie.train?
          study.seeds = 1                 | study.seeds = 1 must be a whole number of at least 2 and at most 10000
          study.copies = [0]              | study.copies[0] = 0 must be a whole number of at least 1 and at most 1000000
          study.copies = []               | study.copies = [] must hold at least one value
          study.copies = [2, 2]           | study.copies = [2,2] must not hold a value twice
          study { images.hypotheses = [], references = [8] } | study.references = [8] must each be at least tweedie.study.mixtures.batch-size = 128 (reference.conf:LINE) and at most tweedie.study.mixtures.images = 20000 (reference.conf:LINE): a minibatch is a part of its reference, which is a part of the images
          study.mixtures.images = 300     | study.mixtures.images = 300 must be at least 512: the largest minibatch of the question draws
          study.images.hypotheses = [a]   | study.images.hypotheses[0] = "a" must be one of information, matched, draws, stable
          colour = red                    | colour = "red" is not a setting
          """)
  void oneMistakeIsOneSentence(String setting, String sentence) throws IOException {
    Path file = write("tweedie {\n  # a comment\n  " + setting + "\n}\n");

    assertThat(mistakes(Optional.of(file)))
        .singleElement()
        .extracting(mistake -> mistake.replaceAll("reference.conf:\\d+", "reference.conf:LINE"))
        .isEqualTo(file + ":3: tweedie." + sentence.replace("FILE", file.toString()));
  }

  @Test
  void mixtureListsMustFitTogether() throws IOException {
    Path file =
        write(
            """
            tweedie.data.mixture {
              weights = [0.5, 0.4]
              means = [[0, 0], [1], [2, 2]]
              stds = [1]
            }
            """);

    assertThat(mistakes(Optional.of(file)))
        .containsExactly(
            file
                + ":3: tweedie.data.mixture.means = [[0,0],[1],[2,2]] must hold as many points as"
                + " there are weights, 2",
            file
                + ":3: tweedie.data.mixture.means = [[0,0],[1],[2,2]] must hold points of one"
                + " dimension, such as [[0, 0], [1, 1]]",
            file + ":2: tweedie.data.mixture.weights = [0.5,0.4] must sum to 1, not 0.9",
            file
                + ":4: tweedie.data.mixture.stds = [1] must hold as many numbers as there are"
                + " weights, 2 (or .covariances as many matrices)");
  }

  @Test
  void covariancesMustBeCovariances() throws IOException {
    Path file =
        write(
            """
            tweedie.data.mixture {
              weights = [0.5, -0.1, 0.3, 0.3, 0]
              means = [[0, 0], [1, 1], [2, 2], [3, 3]]
              covariances = [
                [[1, 2], [2, 1]],
                [[1, 0.5], [0.25, 1]],
                [[1]],
                [[2, 0.5], [0.5, 1]]
              ]
            }
            """);

    assertThat(mistakes(Optional.of(file)))
        .containsExactly(
            file
                + ":2: tweedie.data.mixture.weights[1] = -0.1 must be a number of at least 0 and at most 1",
            file
                + ":5: tweedie.data.mixture.covariances[0] = [[1,2],[2,1]] must be positive"
                + " definite: its least eigenvalue is -1.00",
            file
                + ":6: tweedie.data.mixture.covariances[1] = [[1,0.5],[0.25,1]] must be symmetric:"
                + " element [1, 0] is 0.25, element [0, 1] is 0.5",
            file
                + ":7: tweedie.data.mixture.covariances[2] = [[1]] must have 2 rows of 2 numbers, as"
                + " the means have 2 dimensions");
  }

  @Test
  void stdsAndCovariancesExcludeEachOther() throws IOException {
    Path file =
        write(
            """
            tweedie.data.mixture {
              weights = [1]
              means = [[0, 0]]
              stds = [1]
              covariances = [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]
            }
            """);

    assertThat(mistakes(Optional.of(file)))
        .containsExactly(
            file
                + ":5: tweedie.data.mixture.covariances = [[[1,0],[0,1]],[[1,0],[0,1]]] cannot be"
                + " given together with tweedie.data.mixture.stds = [1] ("
                + file
                + ":4): leave one empty",
            file
                + ":5: tweedie.data.mixture.covariances = [[[1,0],[0,1]],[[1,0],[0,1]]] must hold as"
                + " many matrices as there are weights, 1");
  }

  @Test
  void covariancesLoadAndComeBack() {
    String mixture =
        "weights = [0.25, 0.75], means = [[0, 1], [2, 3]], covariances = [[[1, 0.5], [0.5, 2]], [[3, 0], [0, 4]]]";
    LoadedSettings loaded =
        load("tweedie { data.mixture { " + mixture + " }, model.oracle = mixture }");

    assertThat(loaded.settings().data().mixture().covariances().get(0))
        .containsExactly(List.of(1.0, 0.5), List.of(0.5, 2.0));
    assertThat(load(loaded.resolved()).settings()).isEqualTo(loaded.settings());
  }

  @Test
  void allMistakesAreListedAtOnce() throws IOException {
    Path file =
        write(
            """
            tweedie {
              noise.copies = 0
              noise.edm { sigma-min = 3, sigma-max = 2 }
              model.preset = big
              train.epohcs = 3
            }
            other = 1
            """);

    assertThat(
            mistakes(
                Optional.of(file), "train.workers=2", "tweedie.train.workers=0", "tweedie.seed"))
        .containsExactlyInAnyOrder(
            "command line: train.workers = 2 must start with tweedie., as in"
                + " tweedie.train.epochs=3",
            "command line: tweedie.seed must have the form tweedie.key=value",
            "command line: tweedie.train.workers = 0 must be a whole number of at least 1 and at most 10000",
            file
                + ":2: tweedie.noise.copies = 0 must be a whole number of at least 1 and at most 1000000",
            file
                + ":3: tweedie.noise.edm.sigma-min = 3 must be at most"
                + " tweedie.noise.edm.sigma-max = 2 ("
                + file
                + ":3)",
            file
                + ":4: tweedie.model.preset = \"big\" must be one of tiny, seed, mnist, cifar10,"
                + " vector, or empty",
            file
                + ":5: tweedie.train.epohcs = 3 is not a setting; did you mean"
                + " tweedie.train.epochs?",
            file + ":7: other = 1 is not a setting");
  }

  @Test
  void settingsOutsideTheirGroupAreRefused() throws IOException {
    Path file = write("train.epochs = 3");

    assertThat(mistakes(Optional.of(file)))
        .containsExactly(
            file + ":1: train = {\"epochs\":3} is not a setting; did you mean tweedie.train?");
  }

  @Test
  void syntaxErrorsNameTheLine() throws IOException {
    Path file = write("tweedie {\n  seed = 1\n  train {\n}\n");

    assertThat(mistakes(Optional.of(file), "seed=1"))
        .satisfiesExactly(
            syntax ->
                assertThat(syntax)
                    .startsWith(file + ":5: ")
                    .contains("expecting a closing '}' here, not: end of file"),
            override -> assertThat(override).startsWith("command line: seed = 1"));
  }

  @Test
  void anUnresolvedReferenceNamesTheLine() throws IOException {
    Path file = write("tweedie {\n  seed = ${nowhere}\n}\n");

    assertThat(mistakes(Optional.of(file), "seed=1"))
        .satisfiesExactly(
            override -> assertThat(override).startsWith("command line: seed = 1"),
            mistake -> assertThat(mistake).startsWith(file + ":2: ").contains("${nowhere}"));
  }

  @Test
  void aFileMayIncludeItsNeighbour() throws IOException {
    Files.writeString(directory.resolve("base.conf"), "tweedie { seed = 3, noise.copies = 3 }");
    Path file = write("include required(\"base.conf\")\ntweedie.seed = 4");

    Settings settings = SettingsLoader.load(Optional.of(file), List.of()).settings();

    assertThat(settings.seed()).isEqualTo(4);
    assertThat(settings.noise().copies()).isEqualTo(3);
  }

  @Test
  void aMissingIncludedFileIsNamed() throws IOException {
    Path file = write("include required(\"base.conf\")");

    assertThat(mistakes(Optional.of(file)))
        .singleElement()
        .satisfies(
            mistake ->
                assertThat(mistake)
                    .startsWith(file + ": it, or what it includes, cannot be read: base.conf"));
  }

  @Test
  void aMissingFileAndADirectoryAreNamed() {
    Path missing = directory.resolve("missing.conf");

    assertThat(mistakes(Optional.of(missing)))
        .containsExactly(missing + ": does not exist; --conf must name a HOCON file");
    assertThat(mistakes(Optional.of(directory)))
        .containsExactly(directory + ": is not a file; --conf must name a HOCON file");
  }

  @Test
  void aKeyThatIsNoPathIsRefused() {
    assertThat(mistakes(Optional.empty(), "tweedie..seed=1"))
        .singleElement()
        .satisfies(
            mistake ->
                assertThat(mistake).startsWith("command line: ").contains("'tweedie..seed'"));
  }

  @Test
  void laterChecksCanNameWhereAKeyWasWritten() {
    LoadedSettings loaded = load("tweedie {\n data.path = nowhere\n}", "tweedie.seed=3");

    assertThat(loaded.problem("tweedie.data.path", "does not exist"))
        .hasToString("text:2: tweedie.data.path = \"nowhere\" does not exist");
    assertThat(loaded.problem("tweedie.seed", "must be odd"))
        .hasToString("command line: tweedie.seed = 3 must be odd");
    assertThat(loaded.problem("tweedie.noise.copies", "must be 2").where())
        .matches("reference.conf:\\d+");
  }

  private static LoadedSettings load(String text, String... overrides) {
    return SettingsLoader.load(
        Optional.empty(), List.of(overrides), Optional.of(new ConfigText("text", text)));
  }

  private static List<String> mistakes(Optional<Path> file, String... overrides) {
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> SettingsLoader.load(file, List.of(overrides)));
    assertThat(e).as("the configuration is refused").isNotNull();
    assertThat(e.getMessage().lines()).hasSameSizeAs(e.problems());
    return e.problems().stream().map(SettingProblem::toString).toList();
  }

  private static List<String> leaves(String text) {
    return ConfigFactory.parseString(text).entrySet().stream()
        .map(java.util.Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("a.conf"), text);
  }
}
