package tweedie.sample.walk;

import java.util.function.UnaryOperator;

/**
 * A function of positions that is not computed again for the array it was last asked about: where a
 * step ends is where the next one begins and where a jump is taken.
 */
final class RememberedScore implements UnaryOperator<double[]> {

  private final UnaryOperator<double[]> function;
  private double[] argument;
  private double[] value;

  RememberedScore(UnaryOperator<double[]> function) {
    this.function = function;
  }

  @Override
  public double[] apply(double[] y) {
    if (y != argument) {
      value = function.apply(y);
      argument = y;
    }
    return value;
  }
}
