package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.score.GaussianMixture;

class DrawnSourcesTest {

  private static final double[][] MEANS = {{-4, 1}, {4, 0}};
  private static final double[] STDS = {0.5, 2};

  @Test
  void digitsDependOnSeedAndIdAlone() throws IOException {
    List<SourceImage> few = Sources.read(new DigitsSource(28, 28, 30, 5));
    List<SourceImage> many = Sources.read(new DigitsSource(28, 28, 2500, 5));
    assertThat(many).hasSize(2500);
    for (int id = 0; id < 30; id++) {
      assertThat(many.get(id).bytes()).isEqualTo(few.get(id).bytes());
    }
    assertThat(new DigitsSource(28, 28, 30, 6).digit(3).bytes()).isNotEqualTo(few.get(3).bytes());
  }

  @Test
  void everyDigitComesEquallyOften() throws IOException {
    int[] counts = new int[10];
    for (SourceImage image : Sources.read(new DigitsSource(28, 28, 1000, 5))) {
      counts[image.label()]++;
    }
    assertThat(counts).containsOnly(100);
  }

  @Test
  void digitsAreAllDifferentAndOnThePaper() throws IOException {
    List<SourceImage> images = Sources.read(new DigitsSource(28, 28, 2000, 5));
    assertThat(images.stream().map(image -> java.util.Arrays.hashCode(image.bytes())).distinct())
        .hasSize(2000);
    double sum = 0;
    for (SourceImage image : images) {
      for (int i = 0; i < 28; i++) {
        byte[] p = image.bytes();
        assertThat(new byte[] {p[i], p[27 * 28 + i], p[28 * i], p[28 * i + 27]})
            .as("edge of a digit %d", image.label())
            .containsOnly(0);
      }
      for (byte value : image.bytes()) {
        sum += (value & 255) / 255.0;
      }
    }
    assertThat(sum / 2000 / 784).as("MNIST has 0.131 of ink").isCloseTo(0.131, within(0.02));
  }

  @Test
  void digitsComeInOtherSizes() {
    SourceImage wide = new DigitsSource(16, 40, 1, 5).digit(0);
    assertThat(wide.shape()).isEqualTo(new ImageShape(16, 40, 1));
    assertThat(wide.bytes()).contains((byte) 255);
    assertThatThrownBy(() -> new DigitsSource(4, 28, 1, 5))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("at least 8x8, not 4x28");
  }

  @Test
  void mixtureHasItsMoments() throws IOException {
    int n = 40_000;
    MixtureSource source =
        new MixtureSource(new GaussianMixture(new double[] {0.75, 0.25}, MEANS, STDS), n, 11);
    double[] count = new double[2];
    double[][] sum = new double[2][2];
    double[] squares = new double[2];
    for (SourceImage image : Sources.read(source)) {
      int k = image.label();
      count[k]++;
      for (int i = 0; i < 2; i++) {
        sum[k][i] += image.floats()[i];
        squares[k] += Math.pow(image.floats()[i] - MEANS[k][i], 2);
      }
    }
    // five standard errors
    assertThat(count[0] / n).isCloseTo(0.75, within(5 * Math.sqrt(0.75 * 0.25 / n)));
    for (int k = 0; k < 2; k++) {
      double std = STDS[k];
      for (int i = 0; i < 2; i++) {
        assertThat(sum[k][i] / count[k])
            .isCloseTo(MEANS[k][i], within(5 * std / Math.sqrt(count[k])));
      }
      assertThat(squares[k] / count[k] / 2)
          .isCloseTo(std * std, within(5 * std * std / Math.sqrt(count[k])));
    }
  }

  @Test
  void noVectorsAreRefused() {
    GaussianMixture mixture = new GaussianMixture(new double[] {0.75, 0.25}, MEANS, STDS);
    assertThatThrownBy(() -> new MixtureSource(mixture, 0, 1))
        .isInstanceOf(DataException.class)
        .hasMessage("A mixture gives at least one vector, not 0");
  }
}
