package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.ImageShape;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.whole.Commands.Outcome;

/** What is wrong is said in a sentence, ends with status 2 and leaves nothing behind. */
class BadInputTest {

  private static final ImageShape SMALL = new ImageShape(8, 8, 1);
  private static final ImageShape ODD = new ImageShape(9, 9, 1);
  private static final ImageShape VECTOR = new ImageShape(1, 1, 2);

  @TempDir static Path made;
  private static Path small;
  private static Path odd;
  private static Path vectors;
  private static Path trained;

  @TempDir Path temporary;
  private Path run;

  @BeforeAll
  static void train() throws IOException {
    small = Images.write(Files.createDirectory(made.resolve("small")), SMALL, 2, 16);
    odd = Images.write(Files.createDirectory(made.resolve("odd")), ODD, 2, 16);
    vectors = Images.write(Files.createDirectory(made.resolve("vectors")), VECTOR, 2, 16);
    trained = made.resolve("trained");
    train(trained, small, "tweedie.train.epochs=2").succeeded();
  }

  @BeforeEach
  void nameARun() {
    run = temporary.resolve("run");
  }

  private static Outcome train(Path run, Path data, String... settings) {
    List<Object> line =
        new ArrayList<>(
            List.of(
                "train",
                "--run",
                run,
                "-D",
                "tweedie.data.path=" + data,
                "-D",
                "tweedie.model.channels=[4, 8]",
                "-D",
                "tweedie.model.halvings=1",
                "-D",
                "tweedie.model.embedding=8",
                "-D",
                "tweedie.train.batch-size=8",
                "-D",
                "tweedie.train.threads-per-worker=1",
                "-D",
                "tweedie.sample.levels=20"));
    for (String setting : settings) {
      line.add("-D");
      line.add(setting);
    }
    return tweedie(line.toArray());
  }

  private void assertRefused(Outcome outcome, String... sentences) {
    assertThat(outcome.refused().err()).contains(sentences);
    assertThat(run).doesNotExist();
  }

  @Test
  void everythingWrongInAFileIsListedWithItsLine() throws IOException {
    Path conf =
        Files.writeString(
            temporary.resolve("bad.conf"),
            """
            tweedie {
              data.path = "%s"
              train.epoch = 3
              noise {
                copies = 0
                edm { sigma-min = 2, sigma-max = 1 }
              }
              train.batch-size = many
            }
            """
                .formatted(small));
    Outcome outcome = tweedie("train", "--conf", conf, "--run", run);
    assertRefused(
        outcome,
        conf + ":3: tweedie.train.epoch = 3 is not a setting; did you mean tweedie.train.epochs?\n",
        conf
            + ":5: tweedie.noise.copies = 0 must be a whole number of at least 1 and at most 1000000\n",
        conf
            + ":6: tweedie.noise.edm.sigma-min = 2 must be at most tweedie.noise.edm.sigma-max = 1",
        conf
            + ":8: tweedie.train.batch-size = \"many\" must be a whole number of at least 1 and at most 1000000\n");
    assertThat(outcome.err().lines()).hasSize(4);
  }

  @Test
  void whatDoesNotFitTheDataIsListedAtOnce() {
    Outcome outcome = train(run, odd, "tweedie.train.batch-size=33", "tweedie.train.workers=3");
    assertRefused(
        outcome,
        "command line: tweedie.train.batch-size = 33 must be at most the number of images, 32\n",
        "command line: tweedie.train.workers = 3 must be at most the number of shards, 2: a worker"
            + " without a shard has nothing to train on\n",
        "command line: tweedie.model.halvings = 1 does not fit images of 9x9x1: height and width"
            + " must divide by 2");
    assertThat(outcome.err().lines()).hasSize(3);
  }

  @Test
  void vectorsNeedAnMlp() {
    assertRefused(
        train(run, vectors),
        "tweedie.model.halvings = 1 does not fit images of 1x1x2",
        "(a vector needs model.network = mlp)");
  }

  @Test
  void onlyEightBitImagesAreDequantized() {
    assertRefused(
        train(run, vectors, "tweedie.data.dequantization=uniform", "tweedie.model.preset=vector"),
        "tweedie.data.dequantization = \"uniform\" is for 8-bit images, and " + vectors);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "none/deeper"})
  void missingDataIsNamed(String path) {
    assertRefused(train(run, made.resolve(path)), made.resolve(path) + " does not exist\n");
  }

  @Test
  void anUnknownSchemeIsNamedWithItsCause() {
    assertRefused(
        train(run, Path.of("data"), "tweedie.data.path=floppy://a/b"),
        "floppy://a/b cannot be used: No FileSystem for scheme \"floppy\"\n");
    assertThat(tweedie("sample", "--run", "floppy://a/b", "--count", 1).refused().err())
        .isEqualTo("floppy://a/b cannot be used: No FileSystem for scheme \"floppy\"\n");
    assertThat(
            tweedie("import", "--from", "digits", "--limit", 1, "--output", "floppy://a/b")
                .refused()
                .err())
        .isEqualTo("floppy://a/b cannot be used: No FileSystem for scheme \"floppy\"\n");
  }

  @Test
  void aFileSystemThatIsNotOnTheClassPathIsNamedWithWhatBringsIt() {
    String sentence =
        "cannot be used: the class path has no file system for s3a: (Class"
            + " org.apache.hadoop.fs.s3a.S3AFileSystem not found); spark-submit brings it with"
            + " --packages org.apache.hadoop:hadoop-aws:3.3.4\n";
    assertRefused(
        train(run, Path.of("data"), "tweedie.data.path=s3a://bucket/data"),
        "s3a://bucket/data " + sentence);
    assertThat(tweedie("sample", "--run", "s3a://bucket/run", "--count", 1).refused().err())
        .isEqualTo("s3a://bucket/run " + sentence);
  }

  @Test
  void aMasterThatSparkDoesNotKnowIsNamed() {
    Outcome outcome =
        tweedie("train", "--run", run, "-D", "tweedie.data.path=" + small, "--master", "cloud");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("--master cloud is no URL that this Spark knows: ")
        .hasLineCount(1);
    assertThat(run).doesNotExist();
  }

  @Test
  void aRunIsADirectory() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "mine");
    assertThat(train(file, small).refused().err())
        .contains("file is a file; --run names a directory");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aDirectoryWithoutShardsIsNamed() {
    assertRefused(
        train(run, temporary),
        temporary + " holds no *.parquet file; `tweedie import` writes them");
  }

  @Test
  void garbageInPlaceOfAShardIsNamed() throws IOException {
    Path data = Trees.copy(small, temporary.resolve("data"));
    Files.deleteIfExists(data.resolve(".part-00001.parquet.crc")); // Hadoop's own checksum
    Files.writeString(data.resolve("part-00001.parquet"), "This is no Parquet file at all.");
    assertRefused(train(run, data), "part-00001.parquet cannot be read: ", "is not a Parquet file");
  }

  @Test
  void shardsOfTwoShapesAreNamed() throws IOException {
    Path data = Trees.copy(small, temporary.resolve("data"));
    Files.copy(odd.resolve("part-00001.parquet"), data.resolve("part-00002.parquet"));
    assertRefused(
        train(run, data), "Shards differ: ", "floats of 8x8x1", "part-00002.parquet", "9x9x1");
  }

  @Test
  void importRefusesWhatIsMissingAndWhatIsThere() throws IOException {
    Path output = temporary.resolve("shards");
    Path missing = temporary.resolve("none");
    assertThat(
            tweedie("import", "--from", "mnist", "--input", missing, "--output", output)
                .refused()
                .err())
        .isEqualTo(missing + " does not exist\n");
    assertThat(output).doesNotExist();
    assertThat(tweedie("import", "--from", "digits", "--output", small).refused().err())
        .isEqualTo("file:" + small + " already exists; name a new directory\n");
    assertThat(Images.open(small).images()).isEqualTo(32);
  }

  @Test
  void importListsWhatItLeavesOut() throws IOException {
    Path input = Files.createDirectory(temporary.resolve("in"));
    Files.write(input.resolve("a.bin"), new byte[3073 * 2]);
    Files.write(input.resolve("b.bin"), new byte[100]);
    Files.writeString(input.resolve("README"), "about");
    Path output = temporary.resolve("shards");
    assertThat(
            tweedie("import", "--from", "cifar10", "--input", input, "--output", output)
                .refused()
                .err())
        .contains("b.bin is 100 bytes long");
    assertThat(output).doesNotExist();
    Outcome skipped =
        tweedie("import", "--from", "cifar10", "--input", input, "--output", output, "--skip-bad")
            .succeeded();
    assertThat(skipped.err())
        .contains("Ignored file:" + input + "/README: not named *.bin\n")
        .contains("Skipped file:" + input + "/b.bin is 100 bytes long")
        .contains("1 damaged file was skipped\n");
    assertThat(skipped.out())
        .isEqualTo(
            "2 images of 32x32x3 in 1 shard: "
                + output
                + "\nin 10 classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship,"
                + " truck\n");
  }

  @Test
  void samplingNeedsACheckpoint() {
    assertRefused(
        tweedie("sample", "--run", run, "--count", 1),
        "The run file:" + run + " has no checkpoint to sample from; train it first.\n");
  }

  @Test
  void samplingNeedsAMethodThatThereIs() {
    assertRefused(
        tweedie("sample", "--run", run, "--count", 1, "--method", "magic"),
        "command line: tweedie.sample.method = \"magic\" must be one of annealed, consistent, heun,"
            + " dpm-solver, unipc, ode, predictor-corrector, walk-jump, oat, seed\n");
  }

  @Test
  void samplingNeedsACount() {
    assertRefused(
        tweedie("sample", "--run", run, "--count", 0), "--count must be at least 1, not 0\n");
  }

  @Test
  void samplingNeedsLevelsThatFall() throws IOException {
    Path copy = Trees.copy(trained, run);
    Outcome outcome =
        tweedie("sample", "--run", copy, "--count", 1, "-D", "tweedie.sample.sigma-min=100");
    assertThat(outcome.refused().err()).contains("tweedie.sample.sigma-min, 100.0, to be at most");
    assertThat(copy.resolve("samples")).doesNotExist();
  }

  @Test
  void aCheckpointThatIsNotThereIsNamed() throws IOException {
    Path copy = Trees.copy(trained, run);
    assertThat(tweedie("sample", "--run", copy, "--count", 1, "--checkpoint", 9).refused().err())
        .contains("There is no checkpoint of round 9: ", "round-000009 has no manifest.json");
    assertThat(copy.resolve("samples")).doesNotExist();
  }

  @Test
  void aRunKeepsTheShapeOfItsImages() throws IOException {
    Path copy = Trees.copy(trained, run);
    ImageShape other = new ImageShape(10, 8, 1);
    Path data = Images.write(Files.createDirectory(temporary.resolve("data")), other, 1, 8);
    assertThat(train(copy, data, "tweedie.train.epochs=3").refused().err())
        .startsWith("command line: tweedie.data.path = \"" + data + "\" holds other data, ")
        .contains("8 images of 10x8x1 in 1 shards (fingerprint ")
        .contains("than the rounds so far were trained on, 32 images of 8x8x1 in 2 shards")
        .endsWith("; name another --run for it\n");
    assertUnchanged(copy);
  }

  @Test
  void aRunKeepsItsNetwork() throws IOException {
    Path copy = Trees.copy(trained, run);
    assertThat(
            train(copy, small, "tweedie.train.epochs=3", "tweedie.model.channels=[4, 4]")
                .refused()
                .err())
        .isEqualTo(
            "command line: tweedie.model.channels = [4,4] was [4,8] in the rounds so far and has to"
                + " stay; with another value it is another run: name another --run\n");
    assertUnchanged(copy);
  }

  @Test
  void allThatCannotChangeIsListedAtOnce() throws IOException {
    Path copy = Trees.copy(trained, run);
    Path data = Images.write(Files.createDirectory(temporary.resolve("data")), SMALL, 3, 16);
    Outcome outcome =
        train(
            copy,
            data,
            "tweedie.train.epochs=3",
            "tweedie.seed=9",
            "tweedie.train.learning-rate=0.5",
            "tweedie.train.decay=cosine");
    assertThat(outcome.refused().err())
        .contains("tweedie.seed = 9 was 1 in the rounds so far and has to stay")
        .contains("tweedie.train.learning-rate = 0.5 was 0.001 in the rounds so far; add --allow-")
        .contains("tweedie.train.decay = \"cosine\" was \"constant\" in the rounds so far; add ")
        .contains("holds other data, 48 images of 8x8x1 in 3 shards")
        .hasLineCount(4);
    assertUnchanged(copy);
  }

  @Test
  void aRunGoesOnWithAnotherLearningRateIfThatIsMeant() throws IOException {
    Path copy = Trees.copy(trained, run);
    Path moved = Trees.copy(small, temporary.resolve("moved"));
    tweedie(
            "train",
            "--run",
            copy,
            "--allow-change",
            "-D",
            "tweedie.data.path=" + moved,
            "-D",
            "tweedie.train.epochs=3",
            "-D",
            "tweedie.train.learning-rate=0.5")
        .succeeded();
    assertThat(copy.resolve("checkpoints/round-000003/config.conf"))
        .content()
        .contains("learning-rate=0.5", "path=\"" + moved);
  }

  @Test
  void aRunInUseEndsWith3() throws IOException {
    Path copy = Trees.copy(trained, run);
    String owner =
        """
        {"token": "a", "host": "node-7", "pid": 12, "processes": "", "started": 0,
         "since": "2026-01-01T00:00:00Z", "heartbeat": "%s"}
        """
            .formatted(Instant.now());
    Files.writeString(copy.resolve("lock.json"), owner);
    Files.createDirectories(copy.resolve("samples/dpm-solver"));
    Files.writeString(copy.resolve("samples/dpm-solver/lock.json"), owner);
    for (Outcome outcome :
        List.of(
            train(copy, small, "tweedie.train.epochs=3"),
            tweedie("sample", "--run", copy, "--count", 1))) {
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.err())
          .startsWith("file:" + copy)
          .contains(" is in use by process 12 on node-7 since 2026-01-01T00:00:00Z, last heartbeat")
          .hasLineCount(1);
    }
    assertThat(Trees.names(copy.resolve("samples/dpm-solver"))).containsExactly("lock.json");
    tweedie("sample", "--run", copy, "--count", 1, "--name", "other").succeeded();
  }

  private static void assertUnchanged(Path copy) throws IOException {
    for (Path file : Trees.files(trained)) {
      assertThat(copy.resolve(trained.relativize(file).toString())).hasSameBinaryContentAs(file);
    }
    assertThat(Trees.files(copy)).hasSameSizeAs(Trees.files(trained));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parameters.npy", "clock.json", "network.json", "manifest.json"})
  void aDamagedCheckpointIsPassedOverWithAWarning(String name) throws IOException {
    Path copy = Trees.copy(trained, run);
    Path file = copy.resolve("checkpoints/round-000002").resolve(name);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    try (Logged log = Logged.by(Checkpoints.class)) {
      tweedie("sample", "--run", copy, "--count", 2).succeeded();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("round-000002 is damaged: ", "The one before it is used.");
    }
    assertThat(copy.resolve("samples/dpm-solver/diagnostics.json"))
        .content()
        .contains("the network after round 1");
  }

  @Test
  void trainingMakesADamagedCheckpointAgain() throws IOException {
    Path copy = Trees.copy(trained, run);
    Path round = copy.resolve("checkpoints/round-000002");
    byte[] content = Files.readAllBytes(round.resolve("ema.npy"));
    content[content.length - 1] ^= 1;
    Files.write(round.resolve("ema.npy"), content);
    try (Logged log = Logged.by(Checkpoints.class)) {
      train(copy, small, "tweedie.train.epochs=2").succeeded();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("ema.npy does not agree with manifest.json");
    }
    assertThat(Files.readAllBytes(round.resolve("ema.npy")))
        .isEqualTo(Files.readAllBytes(trained.resolve("checkpoints/round-000002/ema.npy")));
  }

  @Test
  void nanInTheDataIsFoundBeforeTheFirstRound() throws IOException {
    Path data = Images.write(Files.createDirectory(temporary.resolve("data")), SMALL, 2, 16);
    Images.spoil(data, SMALL, 1, 16);
    assertRefused(
        train(run, data),
        data + "\" holds values that are not finite: the mean of all pixels is NaN",
        "Import it again without them.");
  }
}
