package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tweedie.data.ImageShape;

/** Runs of a network of a few hundred weights on a few points, whose rounds take no time. */
public final class TinyRuns {

  private TinyRuns() {}

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
