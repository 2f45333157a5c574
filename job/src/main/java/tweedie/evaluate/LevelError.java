package tweedie.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import tweedie.data.ImageRows;
import tweedie.data.MayBeAbsent;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.MeanNoise;
import tweedie.score.TweedieFormula;
import tweedie.score.Vectors;

/**
 * How well a denoiser estimates at one noise level. The images and their noise are the same for
 * every denoiser that is measured with the same seed, so that differences between two denoisers
 * scatter little.
 *
 * @param s noise of the mean of the copies
 * @param error E|D - x|^2 / d, the denoising error per pixel
 * @param floor the least possible error, E tr Cov(x | y) / d; null where it is not known
 * @param excess E|D - E[x | y]|^2 / d, by how much the error lies above the floor; null where that
 *     is not known
 * @param fisher Fisher divergence of the implied score from the true one, E|D - E[x | y]|^2 / s^4;
 *     null where it is not known
 * @param score E|grad log p_s|^2 of the true score, with which a Fisher divergence compares; null
 *     where it is not known
 */
public record LevelError(
    double s,
    double error,
    @MayBeAbsent Double floor,
    @MayBeAbsent Double excess,
    @MayBeAbsent Double fisher,
    @MayBeAbsent Double score)
    implements Serializable {

  private static final int BATCH = 256;

  /**
   * Measures a denoiser.
   *
   * @param oracle the distribution of the images, where it is known
   * @param images clean images x, [n, d]
   * @param s noise of the mean of the copies, &gt; 0
   * @param seed of the noise
   */
  public static LevelError of(
      Denoiser denoiser, Optional<GaussianMixture> oracle, double[] images, double s, long seed) {
    int d = denoiser.dimension();
    int n = images.length / d;
    double error = 0;
    double floor = 0;
    double excess = 0;
    double score = 0;
    for (int from = 0; from < n; from += BATCH) {
      int count = Math.min(BATCH, n - from);
      long[] ids = new long[count];
      double[] y = new double[count * d];
      for (int i = 0; i < count; i++) {
        ids[i] = from + i;
        Draws noise = Draws.of(seed, Purpose.TRIAL, ids[i], 0);
        for (int j = 0; j < d; j++) {
          y[i * d + j] = images[(from + i) * d + j] + s * noise.gaussian();
        }
      }
      double[] levels = new double[count];
      Arrays.fill(levels, s);
      double[] denoised = new double[count * d];
      denoiser.forChains(seed, ids).denoise(y, levels, denoised);
      error +=
          Vectors.squaredDistance(
              denoised, Arrays.copyOfRange(images, from * d, (from + count) * d));
      if (oracle.isPresent()) {
        double[] exact = new double[count * d];
        oracle.get().denoise(y, levels, exact);
        excess += Vectors.squaredDistance(denoised, exact);
        double[] scores = TweedieFormula.marginal(exact, y, new MeanNoise(s));
        score += Vectors.dot(scores, scores);
        for (int i = 0; i < count; i++) {
          floor += oracle.get().posteriorCovarianceTrace(ImageRows.row(y, i, d), s);
        }
      }
    }
    double values = (double) n * d;
    return oracle.isPresent()
        ? new LevelError(
            s,
            error / values,
            floor / values,
            excess / values,
            excess / n / Math.pow(s, 4),
            score / n)
        : new LevelError(s, error / values, null, null, null, null);
  }
}
