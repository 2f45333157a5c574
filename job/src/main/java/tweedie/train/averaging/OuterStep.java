package tweedie.train.averaging;

import java.io.Serializable;

/**
 * What becomes of the shared weights once the workers' weights are averaged. A round moves the
 * weights from theta to the mean theta', weighted by images; the move
 *
 * <pre>
 *     Delta = theta' - theta
 * </pre>
 *
 * <p>stands for the step of one big optimizer, and each strategy is such an optimizer. With the
 * learning rate 1 and the momentum 0 all of them are the mean, bit for bit.
 */
public sealed interface OuterStep extends Serializable
    permits WeightedMean, NesterovStep, SlowMomentumStep {

  /** Whether it remembers earlier rounds: then a state holds its momentum. */
  default boolean remembers() {
    return true;
  }

  /**
   * The shared weights after a round.
   *
   * @param start theta, [P]
   * @param mean theta', [P]
   * @param momentum the momentum that earlier rounds left, [P], 0 at first; empty where the
   *     strategy does not {@link #remembers remember}
   * @param learningRate the learning rate of the workers' first step in the round
   */
  Outcome after(float[] start, double[] mean, float[] momentum, double learningRate);

  /**
   * What a round leaves.
   *
   * @param parameters the shared weights, [P]
   * @param momentum for the next round, [P] or empty
   */
  record Outcome(float[] parameters, float[] momentum) {}
}
