package tweedie.driver.evaluate.likelihood;

import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Bits;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Sensitivity;

/**
 * Bits per dimension of the flow without the error of its solver, which some of the images tell:
 * with the means f_1 of all images, and on some of them the differences to a finer and a still
 * finer solution, a = f_2 - f_1 and b = f_4 - f_2,
 *
 * <pre>
 *     value = f_1 + a + b + rest,   rest = b r / (1 - r),   r = b / a within [-1/2, 1/2]
 * </pre>
 *
 * where the rest is what further refinements add if each adds r times what the last one did
 * (Aitken's extrapolation, which asks no order of the solver). The images measured twice are a
 * control variate: the standard error is that of f_1 and of a + b together.
 *
 * @param value the mean
 * @param error its standard error, of images, dequantizations and probes
 * @param ofSolver a + b + rest, what the solver's error is taken for
 * @param rest the part of it that was not measured, which the interval is wider by on either side
 * @param low value - 1.96 error - |rest|
 * @param high value + 1.96 error + |rest|
 */
public record FlowBits(
    double value,
    @MayBeAbsent Double error,
    double ofSolver,
    double rest,
    @MayBeAbsent Double low,
    @MayBeAbsent Double high) {

  /** A solution that converges so slowly is not trusted to converge faster. */
  private static final double MOST_RATIO = 0.5;

  /** Of differences in bits per dimension, each other minus usual. */
  static FlowBits of(Bits usual, Sensitivity finer, Sensitivity finest) {
    double first = finer.difference();
    double second = finest.difference() - first;
    double ratio = first == 0 ? 0 : Math.min(MOST_RATIO, Math.max(-MOST_RATIO, second / first));
    double rest = second * ratio / (1 - ratio);
    double ofSolver = first + second + rest;
    double value = usual.value() + ofSolver;
    if (usual.error() == null || finest.error() == null) {
      return new FlowBits(value, null, ofSolver, rest, null, null);
    }
    double error = Math.hypot(usual.error(), finest.error());
    double reach = LikelihoodResult.NORMAL_95 * error + Math.abs(rest);
    return new FlowBits(value, error, ofSolver, rest, value - reach, value + reach);
  }
}
