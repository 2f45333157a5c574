package tweedie.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.TweedieException;
import tweedie.data.DataException;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.LabelFile;
import tweedie.device.DeviceException;
import tweedie.driver.action.Actions;
import tweedie.driver.apply.Apply;
import tweedie.driver.apply.ApplyRequest;
import tweedie.driver.cluster.ClusterException;
import tweedie.driver.cluster.SparkSessions;
import tweedie.driver.code.Decode;
import tweedie.driver.code.DecodeRequest;
import tweedie.driver.code.Encode;
import tweedie.driver.code.EncodeRequest;
import tweedie.driver.code.Interpolate;
import tweedie.driver.code.InterpolateRequest;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;
import tweedie.driver.denoise.Denoise;
import tweedie.driver.denoise.DenoiseRequest;
import tweedie.driver.doctor.Doctor;
import tweedie.driver.evaluate.EvaluateRequest;
import tweedie.driver.evaluate.Measurable;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.export.Export;
import tweedie.driver.export.ExportRequest;
import tweedie.driver.imports.Import;
import tweedie.driver.imports.Import.Damaged;
import tweedie.driver.imports.ImportRequest;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.report.ReportRequest;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunInUseException;
import tweedie.driver.sample.Sample;
import tweedie.driver.sample.SampleRequest;
import tweedie.driver.study.Study;
import tweedie.driver.table.ImageSize;
import tweedie.driver.train.Train;
import tweedie.driver.train.TrainRequest;
import tweedie.train.NonFiniteLossException;

class CommandTreeTest {

  @TempDir Path directory;

  private final Recorder applications = new Recorder();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String run;

  @BeforeEach
  void run() {
    run = directory.resolve("run").toString();
  }

  static Set<String> commands() {
    PrintWriter nowhere = new PrintWriter(StringWriter.nullWriter());
    return CommandTree.of(new Recorder(), nowhere, nowhere).getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(tweedie(command, "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: tweedie " + command, "Example:\n  tweedie " + command)
        .contains("--master")
        .contains("Exit status:\n  0   done\n  1   failed\n  2   the command line, ")
        .contains("\n  3   another process works in the same directory\n");
    assertThat(applications.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sample", "evaluate", "study"})
  void commandsThatLockSayWhenTheyAreLockedOut(String command) {
    assertThat(tweedie(command, "--help")).isZero();
    assertThat(out.toString()).contains("\nEnds with 3 if another process ");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(tweedie("--help")).isZero();
    assertThat(commands()).contains("train", "study", "doctor");
    assertThat(out.toString().lines().map(line -> line.strip().split(" ")[0]))
        .containsAll(commands());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
''                                            | Missing command
paint                                         | Unmatched argument at index 0: 'paint'
train                                         | Missing required option: '--run=URI'
train --run RUN --runn x                      | Unknown options: '--runn', 'x'
train --run RUN                               | reference.conf:LINE: tweedie.data.path = "" must name the directory of shards that import wrote
train --run RUN -D train.epochs=3             | command line: train.epochs = 3 must start with tweedie., as in tweedie.train.epochs=3
train --run RUN -D tweedie.train.epochs=0     | command line: tweedie.train.epochs = 0 must be a whole number of at least 1
train --run RUN --conf RUN/none.conf          | RUN/none.conf: does not exist; --conf must name a HOCON file
sample --run RUN                              | Missing required option: '--count=N'
sample --run RUN --count 0                    | --count must be at least 1, not 0
sample --run RUN --count 2147483647           | --count must be at most 10000000, not 2147483647
sample --run RUN --count some                 | Invalid value for option '--count': 'some' is not an int
sample --run RUN --count 1 --checkpoint last  | Invalid value for option '--checkpoint': 'last' is not a round; give its number, best or newest
sample --run RUN --count 1 --method magic     | command line: tweedie.sample.method = "magic" must be one of annealed, consistent, heun, dpm-solver, unipc, ode, predictor-corrector, walk-jump, oat, seed
sample --run RUN --count 1 --name ../a        | command line: tweedie.sample.name = "../a" must consist of letters, digits, '-', '_' and '.'
export --run RUN --out a.npz                  | Missing required option: '--what=WHAT'
export --run RUN --what all --out a.npz       | Invalid value for option '--what': 'all' is not one of [weights, samples]
export --run RUN --what weights --out a.npy   | --out must name a .npz file, not a.npy
export --run RUN --what weights --out a.npz --name b      | --name chooses samples: leave it out with --what weights
export --run RUN --what samples --out a.npz --checkpoint 3 | --checkpoint chooses weights: leave it out with --what samples, which are there already
denoise --run RUN --sigma 1 --out a           | Pictures are given by either --input or --copies
denoise --run RUN --sigma 1 --out a --input b --copies c   | Pictures are given by either --input or --copies
denoise --run RUN --input b --out a           | Missing required option: '--sigma=S'
denoise --run RUN --input b --out a --sigma 0 | --sigma must be a positive number, not 0.0
denoise --run RUN --input b --out a --sigma 1e308 | --sigma must be at most 1.0E9, not 1.0E308
denoise --run RUN --copies b,c --out a --sigma 1   | --out must name a .png file for --copies, not a
denoise --run RUN --input b --out a --sigma 1 --seed x     | command line: tweedie.seed = "x" must be a whole number
apply --run RUN --data a --out b              | Missing required option: '--columns=COLUMN'
apply --run RUN --columns bits --out b        | Missing required option: '--data=URI|NAME'
encode --run RUN --out a                      | Missing required option: '--data=URI'
encode --run RUN --data a --out b --limit 0   | --limit must be at least 1, not 0
encode --run RUN --data a --out b -D tweedie.code.steps=0 | command line: tweedie.code.steps = 0 must be a whole number of at least 1
decode --run RUN --out a                      | Missing required option: '--codes=URI|FILE.npz'
interpolate --run RUN --from 0 --to 1 --out a.jpg           | --out must name a .png or a .npz file, not a.jpg
interpolate --run RUN --from 0 --to 1 --steps 1 --out a.png | --steps must be at least 2 and at most 1000, not 1
interpolate --run RUN --from 0 --out a.png    | Missing required option: '--to=PICTURE|ID'
report                                        | Missing required option: '--run=URI'
report --run RUN --watch now                  | Unmatched argument at index 4: 'now'
evaluate                                      | Missing required option: '--run=URI'
evaluate --run RUN --what samples,looks       | Invalid value for option '--what' (NAME): 'looks' is not one of [samples, score, likelihood, classes, representations]
evaluate --run RUN --samples s3a://[x/y       | Invalid value for option '--samples': 's3a://[x/y' is neither a path nor a URI
evaluate --run RUN -D tweedie.evaluate.images=19 | command line: tweedie.evaluate.images = 19 must be a whole number of at least 20
import --from mnist --output RUN              | --from mnist needs --input URI
import --from digits --input a --output RUN   | --from digits makes its data: leave out --input
import --from cats --input a --output RUN     | Invalid value for option '--from': 'cats' is not one of [mnist, cifar10, images, webdataset, table, numpy, digits, mixture]
import --from digits --output RUN --limit 0   | --limit must be at least 1, not 0
import --from mixture --output RUN            | reference.conf:LINE: tweedie.data.mixture.weights = [] must be given, with .means and .stds or .covariances, for --from mixture
import --from images --input a --output RUN --size 32   | Invalid value for option '--size': '32' is not a size; give height x width in pixels, such as 32x32
import --from digits --output RUN --images-per-shard 0  | command line: tweedie.data.images-per-shard = 0 must be a whole number of at least 1
import --from digits --output s3a://[x/y      | Invalid value for option '--output': 's3a://[x/y' is neither a path nor a URI
import --from digits --output RUN --size 99999x99999    | Invalid value for option '--size': '99999x99999' is more than 4,194,304 pixels, which are 2048x2048
import --from images --input a --output RUN --channels cmyk | Invalid value for option '--channels': 'cmyk' is not one of [gray, rgb]
import --from images --input a --output RUN --labels tags.txt | Invalid value for option '--labels': 'tags.txt' is neither folders, none nor a file named *.csv
""")
  void aWrongCommandLineEndsWith2AndWritesNothing(String line, String sentence) {
    String[] args =
        Stream.of(line.replace("RUN", run).split(" +"))
            .filter(a -> !a.isEmpty())
            .toArray(String[]::new);

    assertThat(tweedie(args)).isEqualTo(2);
    assertThat(err.toString().replaceFirst("reference.conf:\\d+", "reference.conf:LINE"))
        .startsWith(sentence.replace("RUN", run))
        .doesNotContain("\tat ");
    assertThat(applications.requests).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void importAsksForWhatTheOptionsSay() {
    int status =
        tweedie(
            "import --from images --input in --output out --size 28x32 --limit 9 --skip-bad"
                .concat(" --images-per-shard 4 --labels a/b.CSV")
                .split(" "));

    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(applications.requests)
        .singleElement()
        .isInstanceOfSatisfying(
            ImportRequest.class,
            request -> {
              assertThat(request.source()).isEqualTo(Source.IMAGES);
              assertThat(request.input()).hasToString("Optional[in]");
              assertThat(request.output()).hasToString("out");
              assertThat(request.size()).contains(new ImageSize(28, 32));
              assertThat(request.labels()).contains(new LabelFile("a/b.CSV"));
              assertThat(request.limit()).contains(9);
              assertThat(request.damaged()).isEqualTo(Damaged.SKIP);
              assertThat(request.config().settings().data().imagesPerShard()).isEqualTo(4);
            });
  }

  @ParameterizedTest
  @CsvSource({"folders, ALWAYS", "none, NEVER"})
  void importTakesLabelsOfFoldersOrNone(String option, FolderLabels labels) {
    String line = "import --from images --input in --output out --labels " + option;

    assertThat(tweedie(line.split(" "))).isZero();

    ImportRequest request = (ImportRequest) applications.requests.get(0);
    assertThat(request.labels()).contains(labels);
  }

  @Test
  void trainTakesFileAndOverrides() throws IOException {
    Path conf = Files.writeString(directory.resolve("a.conf"), "tweedie.train.epochs = 3");

    assertThat(
            tweedie(
                "train",
                "--run",
                run,
                "--conf",
                conf.toString(),
                "--master",
                "local[1]",
                "-D",
                "tweedie.data.path=hdfs://h/a",
                "-Dtweedie.seed=4"))
        .isZero();

    TrainRequest request = (TrainRequest) applications.requests.get(0);
    assertThat(request.run()).hasToString(run);
    assertThat(request.config().settings())
        .returns(4L, Settings::seed)
        .returns("hdfs://h/a", settings -> settings.data().path())
        .returns(3, settings -> settings.train().epochs());
    assertThat(applications.spark.master()).isEqualTo("local[1]");
  }

  @Test
  void trainWithoutAFileKeepsTheSettingsOfTheRun() throws IOException {
    writeRunConfig("tweedie { data.path = a, train.epochs = 5 }");
    Path conf = Files.writeString(directory.resolve("a.conf"), "tweedie.data.path = b");

    assertThat(tweedie("train", "--run", run)).isZero();
    assertThat(tweedie("train", "--run", run, "--conf", conf.toString())).isZero();

    assertThat(applications.requests)
        .extracting(request -> ((TrainRequest) request).config().settings().train().epochs())
        .containsExactly(5, 10);
  }

  @Test
  void sampleTakesTheSettingsOfTheRun() throws IOException {
    writeRunConfig("tweedie { noise.copies = 4, sample.annealed.steps = 7, sample.levels = 7 }");

    assertThat(
            tweedie(
                "sample --count 3 --name a --checkpoint 12 -D tweedie.sample.levels=8 --run "
                    .concat(run)
                    .split(" ")))
        .isZero();

    SampleRequest request = (SampleRequest) applications.requests.get(0);
    assertThat(request.count()).isEqualTo(3);
    assertThat(request.checkpoint()).isEqualTo(new CheckpointChoice.OfRound(12));
    assertThat(request.config().settings().noise().copies()).isEqualTo(4);
    assertThat(request.config().settings().sample())
        .returns("a", Settings.Sample::name)
        .returns(7, sample -> sample.annealed().steps())
        .returns(8, Settings.Sample::levels);
  }

  @Test
  void exportAsksForWhatTheOptionsSay() {
    assertThat(tweedie("export --what samples --name a --out hdfs://h/a.npz --run r".split(" ")))
        .isZero();
    assertThat(tweedie("export --what weights --checkpoint 3 --out a.npz --run r".split(" ")))
        .isZero();

    assertThat(applications.requests)
        .containsExactly(
            new ExportRequest(
                new org.apache.hadoop.fs.Path("r"),
                ExportRequest.What.SAMPLES,
                new org.apache.hadoop.fs.Path("hdfs://h/a.npz"),
                Optional.of("a"),
                CheckpointChoice.NEWEST),
            new ExportRequest(
                new org.apache.hadoop.fs.Path("r"),
                ExportRequest.What.WEIGHTS,
                new org.apache.hadoop.fs.Path("a.npz"),
                Optional.empty(),
                new CheckpointChoice.OfRound(3)));
  }

  @Test
  void denoiseTakesPicturesOneByOneOrCopiesOfOneScene() {
    assertThat(tweedie("denoise --input a b/c --sigma 0.5 --out d --run r".split(" "))).isZero();
    assertThat(
            tweedie(
                "denoise --copies a,b --sigma 2 --out d.png --run r --add-noise --seed 9"
                    .split(" ")))
        .isZero();

    DenoiseRequest each = (DenoiseRequest) applications.requests.get(0);
    assertThat(each.how()).isEqualTo(DenoiseRequest.How.EACH);
    assertThat(each.pictures()).containsExactly("a", "b/c");
    assertThat(each.sigma()).isEqualTo(0.5);
    assertThat(each.given()).isEqualTo(DenoiseRequest.Given.NOISY);
    DenoiseRequest fused = (DenoiseRequest) applications.requests.get(1);
    assertThat(fused.how()).isEqualTo(DenoiseRequest.How.FUSED);
    assertThat(fused.pictures()).containsExactly("a", "b");
    assertThat(fused.given()).isEqualTo(DenoiseRequest.Given.CLEAN);
    assertThat(fused.config().settings().seed()).isEqualTo(9);
  }

  @Test
  void applyAsksForWhatTheOptionsSay() {
    assertThat(
            tweedie(
                "apply --data a.b --columns denoised,bits --sigma s --out o --run r --skip-bad"
                    .split(" ")))
        .isZero();
    ApplyRequest request = (ApplyRequest) applications.requests.get(0);
    assertThat(request.columns()).containsExactly("denoised", "bits");
    assertThat(request.table().data()).isEqualTo("a.b");
    assertThat(request.sigma()).contains("s");
    assertThat(request.bad()).isEqualTo(ApplyRequest.Bad.SKIP);
    assertThat(request.denoised()).isEqualTo(ApplyRequest.Denoised.FLOATS);
  }

  @Test
  void codesAskForWhatTheOptionsSay() {
    assertThat(tweedie("encode --data a b --limit 3 --out c.npz --run r".split(" "))).isZero();
    assertThat(tweedie("decode --codes c --force --out d --checkpoint 3 --run r".split(" ")))
        .isZero();
    assertThat(tweedie("interpolate --from 7 --to b.png --out e.png --run r".split(" "))).isZero();

    EncodeRequest encode = (EncodeRequest) applications.requests.get(0);
    assertThat(encode.data()).containsExactly("a", "b");
    assertThat(encode.limit()).contains(3);
    assertThat(encode.out()).hasToString("c.npz");
    DecodeRequest decode = (DecodeRequest) applications.requests.get(1);
    assertThat(decode.from()).isEqualTo(DecodeRequest.From.ANY);
    assertThat(decode.checkpoint()).isEqualTo(new CheckpointChoice.OfRound(3));
    InterpolateRequest interpolate = (InterpolateRequest) applications.requests.get(2);
    assertThat(interpolate.from()).isEqualTo("7");
    assertThat(interpolate.to()).isEqualTo("b.png");
    assertThat(interpolate.steps()).isEqualTo(10);
  }

  @Test
  void sampleTakesTheNewestCheckpointOrTheBest() {
    assertThat(tweedie("sample", "--run", run, "--count", "1")).isZero();
    assertThat(tweedie("sample", "--run", run, "--count", "1", "--checkpoint", "best")).isZero();

    assertThat(applications.requests)
        .extracting(request -> ((SampleRequest) request).checkpoint())
        .containsExactly(CheckpointChoice.NEWEST, CheckpointChoice.BEST);
  }

  @Test
  void changesAreRefusedUnlessTheyAreAllowed() {
    String data = "-Dtweedie.data.path=a";
    assertThat(tweedie("train", "--run", run, data)).isZero();
    assertThat(tweedie("train", "--run", run, data, "--allow-change")).isZero();

    assertThat(applications.requests)
        .extracting(request -> ((TrainRequest) request).changes())
        .containsExactly(TrainRequest.Changes.REFUSE, TrainRequest.Changes.ALLOW);
  }

  @Test
  void evaluateTakesTheSettingsOfTheRun() throws IOException {
    writeRunConfig("tweedie { data.path = a, evaluate.projections = 7 }");

    assertThat(
            tweedie(
                "evaluate --data b --samples c.npz --what samples,samples --checkpoint 3 -D tweedie.evaluate.images=30 --run "
                    .concat(run)
                    .split(" ")))
        .isZero();

    EvaluateRequest request = (EvaluateRequest) applications.requests.get(0);
    assertThat(request.data()).hasToString("Optional[b]");
    assertThat(request.samples()).hasToString("Optional[c.npz]");
    assertThat(request.what()).containsExactly(Measurable.SAMPLES);
    assertThat(request.checkpoint()).isEqualTo(new CheckpointChoice.OfRound(3));
    assertThat(request.config().settings().data().path()).isEqualTo("a");
    assertThat(request.config().settings().evaluate())
        .returns(30, Settings.Evaluate::images)
        .returns(7, Settings.Evaluate::projections);
  }

  @Test
  void demoBringsItsOwnSettings() {
    assertThat(tweedie("demo", "-D", "tweedie.train.epochs=1")).isZero();

    Configured request = (Configured) applications.requests.get(0);
    assertThat(request.run()).hasToString("runs/demo");
    assertThat(request.config().settings())
        .returns("tiny", settings -> settings.model().preset())
        .returns(1, settings -> settings.train().epochs());
  }

  /** Every exception of ours with its exit status and, before its message, what is printed. */
  static List<Arguments> failures() {
    return List.of(
        arguments(new DataException("It is wrong."), 2, ""),
        arguments(new DeviceException("It is wrong."), 2, ""),
        arguments(new ClusterException("It is wrong.", null), 1, "tweedie demo failed: "),
        arguments(new ConfigException(List.of(new SettingProblem("a.conf", "is wrong."))), 2, ""),
        arguments(new RunInUseException("It is wrong."), 3, ""),
        arguments(new NonFiniteLossException("It is wrong."), 1, "tweedie demo failed: "));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyExceptionOfOursHasItsStatusAndSaysOneSentence(
      TweedieException failure, int status, String before) {
    assertThat(tweedieFailingWith(() -> failure)).isEqualTo(status);
    assertThat(err).hasToString(before + failure.getMessage() + "\n");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatATaskThrewIsFoundBelowSparksException(
      TweedieException failure, int status, String before) {
    assertThat(
            tweedieFailingWith(
                () -> new IllegalStateException(new SparkException("Job aborted", failure))))
        .isEqualTo(status);
    assertThat(err).hasToString(before + failure.getMessage() + "\n");
  }

  @Test
  void aFailureEndsWith1AndOneSentence() {
    assertThat(
            tweedieFailingWith(
                () ->
                    new UncheckedIOException(
                        new IOException("No space left on device\n\tat somewhere"))))
        .isEqualTo(1);
    assertThat(err).hasToString("tweedie demo failed: No space left on device\n");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatATaskSaysIsFoundInSparksMessage(TweedieException failure, int status, String before) {
    assertThat(
            tweedieFailingWith(
                () ->
                    new IllegalStateException(
                        new SparkException(
                            "Job aborted: Lost task 0.0 (TID 7): %s\n\tat somewhere"
                                .formatted(failure)))))
        .isEqualTo(status);
    assertThat(err).hasToString(before + failure.getMessage() + "\n");
  }

  @Test
  void stacktraceShowsWhereAFailureCameFrom() {
    assertThat(
            tweedieFailingWith(
                () -> new UncheckedIOException(new IOException("No space")), "--stacktrace"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("failed: No space\n", "\tat ");
  }

  @Test
  void aBugEndsWith1AndAStackTrace() {
    assertThat(tweedieFailingWith(() -> new IllegalStateException("impossible"))).isEqualTo(1);
    assertThat(err.toString()).contains("tweedie demo failed: impossible\n", "\tat ");
  }

  private int tweedieFailingWith(Supplier<RuntimeException> failure, String... options) {
    applications.failure = Optional.of(failure);
    return tweedie(Stream.concat(Stream.of("demo"), Stream.of(options)).toArray(String[]::new));
  }

  private int tweedie(String... args) {
    return CommandTree.run(
        applications, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private void writeRunConfig(String text) throws IOException {
    Files.createDirectories(Path.of(run));
    Files.writeString(Path.of(run, "config.conf"), text);
  }

  /** What a command was asked that has no request of its own. */
  private record Configured(org.apache.hadoop.fs.Path run, LoadedSettings config) {}

  /** Remembers what it was asked, in place of doing it. */
  private static final class Recorder extends Actions {

    Recorder() {
      super(new PrintWriter(StringWriter.nullWriter()), new PrintWriter(StringWriter.nullWriter()));
    }

    private final List<Object> requests = new ArrayList<>();
    private SparkSessions spark;
    private Optional<Supplier<RuntimeException>> failure = Optional.empty();

    @Override
    public Import.Result importImages(ImportRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public Train.Result train(TrainRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public Sample.Result sample(SampleRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public org.apache.hadoop.fs.Path report(ReportRequest request) {
      record(request, null);
      return null;
    }

    @Override
    public Export.Result export(ExportRequest request) {
      record(request, null);
      return null;
    }

    @Override
    public Denoise.Result denoise(DenoiseRequest request) {
      record(request, null);
      return null;
    }

    @Override
    public Apply.Result apply(ApplyRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public Encode.Result encode(EncodeRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public Decode.Result decode(DecodeRequest request, SparkSessions spark) {
      record(request, spark);
      return null;
    }

    @Override
    public Interpolate.Result interpolate(InterpolateRequest request) {
      record(request, null);
      return null;
    }

    @Override
    public List<Measurement.Result> evaluate(EvaluateRequest request, SparkSessions spark) {
      record(request, spark);
      return List.of();
    }

    @Override
    public Study.Result study(
        org.apache.hadoop.fs.Path directory, LoadedSettings config, SparkSessions spark) {
      record(new Configured(directory, config), spark);
      return null;
    }

    @Override
    public Doctor.Result doctor(
        LoadedSettings config, Optional<org.apache.hadoop.fs.Path> run, SparkSessions spark) {
      record(new Configured(run.orElse(null), config), spark);
      return new Doctor.Result(null, List.of());
    }

    @Override
    public void demo(org.apache.hadoop.fs.Path run, LoadedSettings config, SparkSessions spark) {
      record(new Configured(run, config), spark);
    }

    private void record(Object request, SparkSessions spark) {
      failure.ifPresent(
          exception -> {
            throw exception.get();
          });
      requests.add(request);
      this.spark = spark;
    }
  }
}
