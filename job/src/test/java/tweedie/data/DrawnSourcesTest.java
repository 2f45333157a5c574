package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrawnSourcesTest {

  private static final List<List<Double>> MEANS = List.of(List.of(-4.0, 1.0), List.of(4.0, 0.0));

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
    MixtureSource source = new MixtureSource(List.of(3.0, 1.0), MEANS, List.of(0.5, 2.0), n, 11);
    double[] count = new double[2];
    double[][] sum = new double[2][2];
    double[] squares = new double[2];
    for (SourceImage image : Sources.read(source)) {
      int k = image.label();
      count[k]++;
      for (int i = 0; i < 2; i++) {
        sum[k][i] += image.floats()[i];
        squares[k] += Math.pow(image.floats()[i] - MEANS.get(k).get(i), 2);
      }
    }
    // five standard errors
    assertThat(count[0] / n).isCloseTo(0.75, within(5 * Math.sqrt(0.75 * 0.25 / n)));
    for (int k = 0; k < 2; k++) {
      double std = source.stds().get(k);
      for (int i = 0; i < 2; i++) {
        assertThat(sum[k][i] / count[k])
            .isCloseTo(MEANS.get(k).get(i), within(5 * std / Math.sqrt(count[k])));
      }
      assertThat(squares[k] / count[k] / 2)
          .isCloseTo(std * std, within(5 * std * std / Math.sqrt(count[k])));
    }
  }

  @Test
  void impossibleMixturesAreRefused() {
    assertThatThrownBy(() -> new MixtureSource(List.of(1.0), MEANS, List.of(1.0), 5, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not 1, 2 and 1");
    assertThatThrownBy(() -> new MixtureSource(List.of(1.0, -1.0), MEANS, List.of(1.0, 1.0), 5, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("above 0, not -1.0");
    assertThatThrownBy(
            () ->
                new MixtureSource(
                    List.of(1.0, 1.0),
                    List.of(List.of(1.0), List.of(1.0, 2.0)),
                    List.of(1.0, 1.0),
                    5,
                    1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the same number of dimensions, not 1 and 2");
  }
}
