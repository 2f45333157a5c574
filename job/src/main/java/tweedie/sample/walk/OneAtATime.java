package tweedie.sample.walk;

import java.util.stream.IntStream;
import tweedie.sample.ChainBatch;
import tweedie.sample.ChainStart;
import tweedie.sample.LevelObserver;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.sample.Words;
import tweedie.sample.walk.Integrator.Phase;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Vectors;

/**
 * Sampling one measurement at a time (Saremi, Park, Bach 2024, arXiv 2305.19473): copies y_k = x +
 * sigma n_k, k = 1..m, are drawn one after the other, each by Langevin steps on its density given
 * the earlier ones, and at the end follows the jump from their mean to D(ybar_{1:m}, sigma /
 * sqrt(m)).
 *
 * <p>Earlier copies enter only by their mean: the score of y_k given them is (D(ybar_{1:k}, sigma /
 * sqrt(k)) - y_k) / sigma^2 with ybar_{1:k} = ybar_{1:k-1} + (y_k - ybar_{1:k-1}) / k. Each density
 * is closer to a Gaussian than the one before. A copy starts from the jump with fresh noise,
 * D(ybar_{1:k-1}) + sigma z.
 *
 * @param start where the first copy begins; its noise is normally sigma
 * @param sigma noise of each copy
 * @param copies number of copies m, at least 1
 * @param integrator the steps of the walks
 * @param stepsPerCopy steps of each walk, at least 1
 */
public record OneAtATime(
    ChainStart start, double sigma, int copies, Integrator integrator, int stepsPerCopy)
    implements Sampler {

  /**
   * @throws IllegalArgumentException if the steps are unstable or there is no copy or step
   */
  public OneAtATime {
    new CopyNoise(sigma, copies);
    integrator.requireStable(sigma);
    if (stepsPerCopy < 1) {
      throw new IllegalArgumentException(
          "There must be at least one step a copy, not " + stepsPerCopy);
    }
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    double[] first = batch.x();
    double[] earlier = new double[first.length];
    double[] jump = null;
    long step = 0;
    for (int k = 1; k <= copies; k++) {
      double s = new CopyNoise(sigma, k).s();
      Copy copy = new Copy(batch, earlier, k, sigma);
      RememberedScore score = new RememberedScore(copy::score);
      Phase phase = Phase.atRest(k == 1 ? first : Vectors.along(jump, sigma, batch.noise(++step)));
      for (int t = 0; t < stepsPerCopy; t++) {
        phase = integrator.step(phase, score, batch.noise(++step));
      }
      earlier = copy.mean(phase.y());
      batch.move(earlier);
      jump = batch.denoise(earlier, s);
      batch.levelDone(k - 1, s, observer);
    }
    batch.move(jump);
    return batch.samples();
  }

  /** The noise of the mean of the first k copies, sigma / sqrt(k), k = 1..m. */
  @Override
  public NoiseLevels levels() {
    return new NoiseLevels(
        IntStream.rangeClosed(1, copies).mapToObj(k -> new CopyNoise(sigma, k).s()).toList());
  }

  @Override
  public int calls() {
    return copies * (integrator.calls(stepsPerCopy, 0) + 1);
  }

  @Override
  public String description() {
    return Words.of(
        "one measurement at a time: %d copies of noise %.4g, %s, %d steps a copy",
        copies, sigma, integrator, stepsPerCopy);
  }

  /** Copy k given the mean ybar_{1:k-1} of the earlier ones, of no effect if k is 1. */
  record Copy(ChainBatch batch, double[] earlier, int k, double sigma) {

    /** ybar_{1:k}. */
    double[] mean(double[] y) {
      double[] mean = new double[y.length];
      for (int j = 0; j < y.length; j++) {
        mean[j] = earlier[j] + (y[j] - earlier[j]) / k;
      }
      return mean;
    }

    /** The gradient of log p(y_k | y_1..y_{k-1}). */
    double[] score(double[] y) {
      double[] denoised = batch.denoise(mean(y), new CopyNoise(sigma, k).s());
      double[] score = new double[y.length];
      for (int j = 0; j < y.length; j++) {
        score[j] = (denoised[j] - y[j]) / (sigma * sigma);
      }
      return score;
    }
  }
}
