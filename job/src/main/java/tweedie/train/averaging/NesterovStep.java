package tweedie.train.averaging;

/**
 * Nesterov's momentum over rounds, as in DiLoCo (Douillard et al. 2023, arXiv 2311.08105, algorithm
 * 1): with the learning rate alpha, the momentum mu and the buffer v,
 *
 * <pre>
 *     v'     = mu v + Delta
 *     theta &lt;- theta + alpha (Delta + mu v')
 * </pre>
 *
 * @param learningRate alpha
 * @param momentum mu
 */
public record NesterovStep(double learningRate, double momentum) implements OuterStep {

  /** DiLoCo's learning rate, for every number of workers (arXiv 2311.08105, section 3). */
  public static final double PUBLISHED_LEARNING_RATE = 0.7;

  /** DiLoCo's momentum, for every number of workers (arXiv 2311.08105, section 3). */
  public static final double PUBLISHED_MOMENTUM = 0.9;

  @Override
  public Outcome after(float[] start, double[] mean, float[] momentum, double innerRate) {
    float[] parameters = new float[mean.length];
    float[] buffer = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double move = mean[i] - start[i];
      double v = this.momentum * momentum[i] + move;
      buffer[i] = (float) v;
      // from the mean, not from the start: nothing is rounded where alpha is 1 and mu is 0
      parameters[i] =
          (float) (mean[i] + (learningRate - 1) * move + learningRate * this.momentum * v);
    }
    return new Outcome(parameters, buffer);
  }
}
