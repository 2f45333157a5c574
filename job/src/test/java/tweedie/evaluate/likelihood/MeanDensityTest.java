package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class MeanDensityTest {

  private static ImageDensity image(long id, double[]... logDensities) {
    double[] ones = new double[logDensities.length];
    return new ImageDensity(id, -1, logDensities, ones, ones, ones, 0, 10);
  }

  /** Images vary by 3, their dequantizations by 2, probes by 1: four numbers of each image. */
  @Test
  void errorsAreSplitByWhereTheyComeFrom() {
    int n = 4000;
    Draws draws = Draws.of(1, Purpose.NOISE, 0, 0);
    List<ImageDensity> images = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double ofImage = 3 * draws.gaussian();
      double[][] values = new double[2][2];
      for (double[] repeat : values) {
        double ofRepeat = 2 * draws.gaussian();
        repeat[0] = 7 + ofImage + ofRepeat + draws.gaussian();
        repeat[1] = 7 + ofImage + ofRepeat + draws.gaussian();
      }
      images.add(image(i, values));
    }
    MeanDensity mean = MeanDensity.of(images);
    assertThat(mean.images()).isEqualTo(n);
    assertThat(mean.mean()).isCloseTo(7, within(4 * mean.error()));
    assertThat(mean.error()).isCloseTo(Math.sqrt((9 + 4 / 2.0 + 1 / 4.0) / n), within(0.002));
    assertThat(mean.errorOfProbes()).isCloseTo(Math.sqrt(1 / 4.0 / n), within(5e-4));
    assertThat(mean.errorOfRepeats()).isCloseTo(Math.sqrt((4 / 2.0 + 1 / 4.0) / n), within(1e-3));
  }

  @Test
  void whatWasDrawnOnceHasNoErrorOfItsOwn() {
    MeanDensity mean =
        MeanDensity.of(List.of(image(1, new double[] {2}), image(2, new double[] {4})));
    assertThat(mean.mean()).isEqualTo(3);
    assertThat(mean.error()).isEqualTo(1);
    assertThat(mean.errorOfProbes()).isNaN();
    assertThat(mean.errorOfRepeats()).isNaN();
  }

  @Test
  void differencesAreTakenImageByImage() {
    List<ImageDensity> images =
        List.of(
            image(1, new double[] {2}), image(5, new double[] {40}), image(9, new double[] {7}));
    List<ImageDensity> others = List.of(image(9, new double[] {8}), image(1, new double[] {5}));
    MeanDensity difference = MeanDensity.difference(others, images);
    assertThat(difference.images()).isEqualTo(2);
    assertThat(difference.mean()).isEqualTo(2);
    assertThat(difference.error()).isEqualTo(1);
    assertThatThrownBy(() -> MeanDensity.difference(List.of(image(3, new double[] {1})), images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Image 3 was measured once only");
  }
}
