package tweedie.train.round;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalDouble;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;

/**
 * The simple gradient-noise scale tr(Sigma) / |G|^2 in images (McCandlish et al. 2018, arXiv
 * 1812.06162, appendix A.1): the batch size beyond which larger batches hardly save steps.
 *
 * <p>No gradient is computed for it. Adam's first moments are decaying means of gradients: after n
 * steps from m_0,
 *
 * <pre>
 *     g_k = (m_k - beta1^n m_0) / (1 - beta1^n)
 * </pre>
 *
 * <p>is a weighted mean of the gradients of worker k's round, with the variance of a mean over B_k
 * images, B_k = batch size * (1 - beta1^n) (1 + beta1) / ((1 + beta1^n) (1 - beta1)). For workers
 * of weights p_k, by images, the two expectations
 *
 * <pre>
 *     E sum p_k |g_k|^2 = |G|^2 + tr(Sigma) sum p_k / B_k
 *     E |sum p_k g_k|^2 = |G|^2 + tr(Sigma) sum p_k^2 / B_k
 * </pre>
 *
 * <p>give both unknowns. The gradients are those of the last 1 / (1 - beta1) steps or so and each
 * worker's are taken at its own weights, so drift counts as noise; a smaller last minibatch counts
 * as a full one. One round's number scatters widely.
 */
final class GradientNoise {

  private GradientNoise() {}

  /**
   * Sums over parameters, of some or of all; 0 where there is nothing to estimate from.
   *
   * @param small squared gradients of the workers, weighted by images
   * @param large the squared gradient of all
   */
  record Sums(double small, double large) implements Serializable {

    /** The sums over the parameters of both. */
    Sums plus(Sums other) {
      return new Sums(small + other.small, large + other.large);
    }

    /**
     * The noise scale in images, from these sums over all parameters; none for fewer than two
     * workers, with moments that are reset, and in rounds where the estimate of |G|^2 or of
     * tr(Sigma) is not positive.
     */
    OptionalDouble scale(TrainSettings settings, List<WorkerResult> results) {
      List<WorkerResult> trained = RoundAverage.trained(results);
      if (!canBeEstimated(settings, trained)) {
        return OptionalDouble.empty();
      }
      double total = RoundAverage.images(trained);
      double ofSmall = 0;
      double ofLarge = 0;
      for (WorkerResult result : trained) {
        double weight = result.images() / total;
        double images = images(settings, result);
        ofSmall += weight / images;
        ofLarge += weight * weight / images;
      }
      double variance = (small - large) / (ofSmall - ofLarge);
      double signal = large - variance * ofLarge;
      return variance > 0 && signal > 0
          ? OptionalDouble.of(variance / signal)
          : OptionalDouble.empty();
    }
  }

  /** What the noise scale is made of. */
  static Sums sums(TrainingState start, TrainSettings settings, List<WorkerResult> results) {
    List<WorkerResult> trained = RoundAverage.trained(results);
    if (!canBeEstimated(settings, trained)) {
      return new Sums(0, 0);
    }
    double total = RoundAverage.images(trained);
    double[] mean = new double[start.parameters().length];
    double small = 0;
    for (WorkerResult result : trained) {
      double weight = result.images() / total;
      double forgotten = remaining(settings, result);
      float[] before = RoundAverage.moments(start, result.worker());
      double squared = 0;
      for (int i = 0; i < mean.length; i++) {
        double gradient = (result.moments()[i] - forgotten * before[i]) / (1 - forgotten);
        squared += gradient * gradient;
        mean[i] += weight * gradient;
      }
      small += weight * squared;
    }
    double large = 0;
    for (double gradient : mean) {
      large += gradient * gradient;
    }
    return new Sums(small, large);
  }

  private static boolean canBeEstimated(TrainSettings settings, List<WorkerResult> trained) {
    return trained.size() > 1 && settings.averaging().moments() != Moments.RESET;
  }

  /** What is left of the moments that a worker began with. */
  private static double remaining(TrainSettings settings, WorkerResult result) {
    return Math.pow(settings.optimizer().beta1(), result.steps());
  }

  /** B_k. */
  private static double images(TrainSettings settings, WorkerResult result) {
    double beta1 = settings.optimizer().beta1();
    double forgotten = remaining(settings, result);
    return settings.batchSize() * ((1 - forgotten) * (1 + beta1)) / ((1 + forgotten) * (1 - beta1));
  }
}
