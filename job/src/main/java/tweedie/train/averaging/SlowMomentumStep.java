package tweedie.train.averaging;

/**
 * SlowMo (Wang et al. 2020, arXiv 1910.00643, algorithm 1): with the slow learning rate alpha, the
 * slow momentum beta, the workers' learning rate gamma and the buffer u, which is in the unit of
 * gradients,
 *
 * <pre>
 *     u'     = beta u - Delta / gamma
 *     theta &lt;- theta - alpha gamma u'
 * </pre>
 *
 * <p>gamma is that of the workers' first step in the round. In a round whose gamma is 0 no worker
 * moves, and neither does this.
 *
 * @param learningRate alpha
 * @param momentum beta
 */
public record SlowMomentumStep(double learningRate, double momentum) implements OuterStep {

  /** The slow learning rate of the paper's experiments, which its authors advise to keep. */
  public static final double PUBLISHED_LEARNING_RATE = 1;

  /**
   * The momentum that the authors tuned for 4, 8 and 16 nodes (fairscale's
   * SlowMoDistributedDataParallel): 0 for fewer than 4 workers, 0.2 from 4, 0.5 from 8 and 0.6 from
   * 16 workers on. Between these numbers it is that of the smaller one.
   */
  public static double publishedMomentum(int workers) {
    if (workers < 4) {
      return 0;
    }
    if (workers < 8) {
      return 0.2;
    }
    return workers < 16 ? 0.5 : 0.6;
  }

  @Override
  public Outcome after(float[] start, double[] mean, float[] momentum, double innerRate) {
    float[] parameters = new float[mean.length];
    float[] buffer = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double move = mean[i] - start[i];
      double remembered = this.momentum * momentum[i];
      buffer[i] = (float) (innerRate > 0 ? remembered - move / innerRate : remembered);
      // from the mean, not from the start: nothing is rounded where alpha is 1 and beta is 0
      parameters[i] =
          (float) (mean[i] + (learningRate - 1) * move - learningRate * innerRate * remembered);
    }
    return new Outcome(parameters, buffer);
  }
}
