package tweedie.train.round;

import tweedie.train.Minibatch;

/**
 * The weights of one worker during a round, with Adam's moments and the moving average of the
 * weights, wherever they are kept.
 */
interface Stepper extends AutoCloseable {

  /**
   * A step of Adam on the mean of w |D - x|^2 / d over the rows of a minibatch, then one of the
   * moving average.
   *
   * @param decay what is left of the moving average
   * @return w |D - x|^2 / d of each row before the step, [n]
   */
  double[] step(Minibatch batch, double decay);

  /**
   * D of n rows under the present weights, [n, d].
   *
   * @param rows [n, row length]
   */
  float[] denoise(float[] rows, int n);

  /** Whether Adam's moments are finite after the last step, and the norm that it was scaled by. */
  boolean isFinite();

  /** The Euclidean norm of the gradient of the last step's mean loss, before it was scaled. */
  double gradientNorm();

  /** The weights, [P]. */
  float[] parameters();

  /** Adam's first moments, then its second, [2 P]. */
  float[] moments();

  /** The moving average of the weights, [P]. */
  float[] ema();

  /** What computes, in words. */
  String engine();

  @Override
  void close();

  /**
   * What a stepper begins with.
   *
   * @param parameters [P]
   * @param moments [2 P]
   * @param ema [P]
   * @param steps that were taken before, for Adam's correction of the moments' bias
   */
  record Start(float[] parameters, float[] moments, float[] ema, int steps) {}
}
