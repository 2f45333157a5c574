package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PixelScaleTest {

  @Test
  void theOffsetFollowsFromTheScale() {
    assertThat(PixelScale.UNIT.offset()).isCloseTo(8, within(1e-12));
    assertThat(new PixelScale(-1, 1).offset()).isCloseTo(7, within(1e-12));
    assertThat(new PixelScale(0, 256).offset()).isCloseTo(0, within(1e-12));
  }

  /** Uniform noise has density 1 on [0, 1], and 1 / 2^d on [-1, 1]. */
  @Test
  void uniformNoiseCostsEightBitsInAnyScale() {
    assertThat(PixelScale.UNIT.bits(0, 30)).isCloseTo(8, within(1e-12));
    assertThat(new PixelScale(-1, 1).bits(-30 * Math.log(2), 30)).isCloseTo(8, within(1e-12));
  }

  @Test
  void aBitMoreDensityIsABitLess() {
    assertThat(PixelScale.UNIT.bits(10 * Math.log(2), 10)).isCloseTo(7, within(1e-12));
    assertThat(PixelScale.differentialBits(10 * Math.log(2), 10)).isCloseTo(-1, within(1e-12));
  }

  @Test
  void anEmptyRangeIsRefused() {
    assertThatThrownBy(() -> new PixelScale(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pixels must have a range of positive length, not 1.0 to 1.0");
  }
}
