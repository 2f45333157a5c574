package tweedie.evaluate.representations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Moments;

class AugmentationTest {

  private static final ImageShape SHAPE = new ImageShape(2, 3, 2);
  private static final double[] IMAGE = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};

  private static double[] changed(Augmentation how, double[] image, ImageShape shape) {
    return how.of(image, shape, Draws.of(1, Purpose.REPRESENTATION, 0, 0));
  }

  @Test
  void pixelsKeepTheirChannels() {
    assertThat(changed(Augmentation.MIRRORED, IMAGE, SHAPE))
        .containsExactly(5, 6, 3, 4, 1, 2, 15, 16, 13, 14, 11, 12);
    assertThat(changed(Augmentation.SHIFTED, IMAGE, SHAPE))
        .containsExactly(1, 2, 1, 2, 3, 4, 11, 12, 11, 12, 13, 14);
  }

  @Test
  void noiseHasItsStandardDeviation() {
    double[] noise = changed(Augmentation.NOISY, new double[10_000], new ImageShape(100, 100, 1));
    Moments moments = new Moments();
    for (double value : noise) {
      moments.add(value);
    }
    assertThat(moments.mean()).isBetween(-8e-4, 8e-4);
    assertThat(Math.sqrt(moments.variance())).isBetween(0.0194, 0.0206);
  }

  @Test
  void pointsHaveNoLeft() {
    assertThat(Augmentation.of(new ImageShape(1, 1, 3))).containsExactly(Augmentation.NOISY);
    assertThat(Augmentation.of(SHAPE)).hasSize(3);
  }
}
