package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;

/** The mixture of conf/mixture.conf, whose scores are known exactly. */
class MixtureTest {

  private static final int COUNT = 500;

  private static final Settings.Mixture MIXTURE =
      SettingsLoader.load(Optional.of(Repository.conf("mixture.conf")), List.of())
          .settings()
          .data()
          .mixture();

  @TempDir Path temporary;

  @Test
  void oracleIsSampledWithoutTraining() throws IOException {
    Path run = temporary.resolve("run");
    tweedie(
            "sample",
            "--run",
            run,
            "--count",
            COUNT,
            "--conf",
            Repository.conf("mixture.conf"),
            "-D",
            "tweedie.model.oracle=mixture",
            "-D",
            "tweedie.sample.batch-size=125")
        .succeeded();
    float[][] samples = Images.pixels(run.resolve("samples/dpm-solver"));
    assertThat(samples).hasNumberOfRows(COUNT);
    int[] near = new int[3];
    for (float[] x : samples) {
      int mode = nearest(x);
      near[mode]++;
      // the final jump leaves the spread of the mode; 6 of its standard deviations hold all
      assertThat(distance(x, mode)).isLessThan(6 * MIXTURE.stds().get(mode));
    }
    for (int mode = 0; mode < 3; mode++) {
      double weight = MIXTURE.weights().get(mode);
      assertThat((double) near[mode] / COUNT)
          .as("weight of mode %d", mode)
          .isCloseTo(weight, within(4 * Math.sqrt(weight * (1 - weight) / COUNT)));
    }
    assertThat(run.resolve("samples/dpm-solver/grid.png")).doesNotExist();
    assertThat(run.resolve("config.conf")).exists();
  }

  @Test
  void aNetworkLearnsMoreThanTheMean() throws IOException {
    Path run = temporary.resolve("run");
    Path data = temporary.resolve("data");
    Path conf = Repository.conf("mixture.conf");
    tweedie("import", "--from", "mixture", "--conf", conf, "--limit", 2000, "--output", data)
        .succeeded();
    tweedie(
            "train",
            "--conf",
            conf,
            "--run",
            run,
            "-D",
            "tweedie.data.path=" + data,
            "-D",
            "tweedie.train.epochs=3",
            "-D",
            "tweedie.train.batch-size=32",
            "-D",
            "tweedie.train.threads-per-worker=1")
        .succeeded();
    List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    JsonNode last = new ObjectMapper().readTree(lines.get(2));
    assertThat(last.get("loss").doubleValue()).isLessThan(first.get("loss").doubleValue());
    int bins = 0;
    for (JsonNode bin : last.get("loss_by_noise")) {
      // wherever the noise is less than the distance between modes; few images say little
      if (bin.get("to").doubleValue() <= leastDistance() && bin.get("images").intValue() >= 30) {
        assertThat(bin.get("error").doubleValue())
            .as(bin.toString())
            .isLessThan(bin.get("mean_error").doubleValue());
        bins++;
      }
    }
    assertThat(bins).isGreaterThanOrEqualTo(5);
    tweedie("sample", "--run", run, "--count", 16).succeeded();
    assertThat(Images.pixels(run.resolve("samples/dpm-solver"))).hasDimensions(16, 2);
  }

  private static int nearest(float[] x) {
    int nearest = 0;
    for (int mode = 1; mode < 3; mode++) {
      nearest = distance(x, mode) < distance(x, nearest) ? mode : nearest;
    }
    return nearest;
  }

  private static double distance(float[] x, int mode) {
    List<Double> mean = MIXTURE.means().get(mode);
    return Math.hypot(x[0] - mean.get(0), x[1] - mean.get(1));
  }

  private static double leastDistance() {
    double least = Double.POSITIVE_INFINITY;
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < a; b++) {
        List<Double> mean = MIXTURE.means().get(b);
        least =
            Math.min(
                least,
                distance(new float[] {mean.get(0).floatValue(), mean.get(1).floatValue()}, a));
      }
    }
    return least;
  }
}
