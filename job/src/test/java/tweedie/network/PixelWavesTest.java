package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class PixelWavesTest {

  private static final double[] FREQUENCIES = {0.5, 4};

  private final PixelWaves waves =
      new PixelWaves(NetworkTest.unet(Input.MEAN, 1, Output.DENOISER, 0.5, 4.0));

  @Test
  void withoutNoiseTheyAreSineAndCosine() {
    double[] amplitudes = waves.amplitudes(0);
    assertThat(waves.count()).isEqualTo(4);
    for (int wave = 0; wave < waves.count(); wave++) {
      double angle = 2 * Math.PI * FREQUENCIES[wave / 2] * 0.3;
      assertThat(waves.value(wave, 0.3, amplitudes))
          .isEqualTo(wave % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
    }
  }

  @Test
  void theirAmplitudeIsWhatNoiseLeavesInTheMean() {
    double clean = 0.3;
    double noise = 0.05;
    int many = 200_000;
    Draws draws = Draws.of(1, Purpose.NOISE, 0, 0);
    double[] mean = new double[waves.count()];
    for (int i = 0; i < many; i++) {
      double y = clean + noise * draws.gaussian();
      for (int wave = 0; wave < mean.length; wave++) {
        mean[wave] += waves.value(wave, y, waves.amplitudes(0)) / many;
      }
    }
    for (int wave = 0; wave < mean.length; wave++) {
      assertThat(mean[wave])
          .isCloseTo(
              waves.value(wave, clean, waves.amplitudes(noise)), within(5 / Math.sqrt(many)));
    }
  }

  @Test
  void wavesMuchShorterThanTheNoiseAreZero() {
    double[] amplitudes = waves.amplitudes(1);
    assertThat(amplitudes[0]).isPositive();
    assertThat(amplitudes[1]).isZero();
    assertThat(waves.value(2, 0.3, amplitudes)).isZero();
    assertThat(waves.derivative(3, 0.3, amplitudes)).isZero();
  }

  @Test
  void derivativesAgreeWithDifferences() {
    double[] amplitudes = waves.amplitudes(0.1);
    double step = 1e-5;
    for (int wave = 0; wave < waves.count(); wave++) {
      double difference =
          (waves.value(wave, 0.3 + step, amplitudes) - waves.value(wave, 0.3 - step, amplitudes))
              / (2 * step);
      assertThat(waves.derivative(wave, 0.3, amplitudes)).isCloseTo(difference, within(1e-6));
    }
  }
}
