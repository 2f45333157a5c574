package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tweedie.data.ImageShape;

/**
 * Runs of a network of a few hundred weights on a few points or digits, whose rounds take no time.
 */
public final class TinyRuns {

  /** Height and width of the digits. */
  static final int SIZE = 12;

  private TinyRuns() {}

  /**
   * A run on built-in digits, with 40 samples drawn by heun. It is the same for all tests of this
   * process: who writes into it takes a copy.
   *
   * @param run trained for two epochs by two workers
   * @param training its 400 digits
   * @param fresh 200 others, its validation data
   */
  record Digits(Path run, Path training, Path fresh) {

    private static final Digits MADE = make();

    private static Digits make() {
      Path directory = temporary();
      Digits made =
          new Digits(
              directory.resolve("run"), directory.resolve("training"), directory.resolve("fresh"));
      importDigits(made.training, SIZE, 400, 1);
      importDigits(made.fresh, SIZE, 200, 2);
      tweedie(
              "train",
              "--run",
              made.run,
              "-D",
              "tweedie.data.path=" + made.training,
              "-D",
              "tweedie.data.validation-path=" + made.fresh,
              "-D",
              "tweedie.model.channels=[4, 8]",
              "-D",
              "tweedie.model.halvings=1",
              "-D",
              "tweedie.train.epochs=2",
              "-D",
              "tweedie.train.workers=2",
              "-D",
              "tweedie.train.threads-per-worker=1",
              "-D",
              "tweedie.sample.levels=3",
              "-D",
              "tweedie.evaluate.projections=32")
          .succeeded();
      tweedie("sample", "--run", made.run, "--count", 40, "--method", "heun").succeeded();
      return made;
    }

    private static Path temporary() {
      try {
        Path directory = Files.createTempDirectory("digits");
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      try {
                        Trees.delete(directory);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }));
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** That run, made when it is first asked for. */
  static Digits digits() {
    return Digits.MADE;
  }

  /** Writes built-in digits as four shards. */
  static void importDigits(Path output, int size, int count, int seed) {
    tweedie(
            "import",
            "--from",
            "digits",
            "--size",
            "%1$dx%1$d".formatted(size),
            "--limit",
            count,
            "--images-per-shard",
            (count + 3) / 4,
            "-D",
            "tweedie.seed=" + seed,
            "--output",
            output)
        .succeeded();
  }

  /**
   * Writes data and a config file with {@code epochs} epochs into {@code directory}.
   *
   * @param workers that share three shards of unlike sizes
   * @return the config file
   */
  public static Path prepare(Path directory, int epochs, int workers) throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    ImageShape shape = new ImageShape(1, 1, 4);
    Images.writeShard(data, shape, 0, 64);
    Images.writeShard(data, shape, 1, 24);
    Images.writeShard(data, shape, 2, 16);
    return Files.writeString(
        directory.resolve("tiny.conf"),
        """
        tweedie {
          data.path = "%s"
          noise.copies = 2
          model { network = mlp, hidden = 8, depth = 1, embedding = 4 }
          train {
            epochs = %d, batch-size = 8, workers = %d, threads-per-worker = 1
            warmup-images = 100, decay = cosine
          }
        }
        """
            .formatted(data.toUri(), epochs, workers));
  }

  /** The newest checkpoints of two runs are the same, byte by byte. */
  public static void assertSameCheckpoint(Path run, Path expected) throws IOException {
    assertThat(newest(run).getFileName()).isEqualTo(newest(expected).getFileName());
    assertThat(Trees.names(newest(run))).isEqualTo(Trees.names(newest(expected)));
    for (String file : Trees.names(newest(expected))) {
      assertThat(newest(run).resolve(file))
          .as("%s of %s", file, run)
          .hasSameBinaryContentAs(newest(expected).resolve(file));
    }
  }

  static Path newest(Path run) throws IOException {
    List<String> rounds = Trees.names(run.resolve("checkpoints"));
    return run.resolve("checkpoints").resolve(rounds.get(rounds.size() - 1));
  }
}
