package tweedie.driver.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.evaluate.likelihood.DataNormal;

class DensityFlowTest {

  @Test
  void dequantizedDataHaveTheMomentsOfTheirSums() {
    // (255 x + u) / 256, u uniform in [0, 1)
    DataNormal moments = DensityFlow.dequantized(new double[] {0, 1}, 0.25);

    assertThat(moments.mean())
        .containsExactly(new double[] {0.5 / 256, 255.5 / 256}, within(1e-15));
    assertThat(moments.variance())
        .isCloseTo((255.0 * 255 * 0.25 + 1.0 / 12) / (256 * 256), within(1e-15));
  }
}
