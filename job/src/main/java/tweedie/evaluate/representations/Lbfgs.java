package tweedie.evaluate.representations;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import tweedie.score.Vectors;

/**
 * The minimum of a smooth, strictly convex function by L-BFGS (Liu and Nocedal 1989, On the limited
 * memory BFGS method), with steps that are halved until the function falls (Armijo 1966).
 */
final class Lbfgs {

  private static final int CHANGES = 10;
  private static final int MOST_STEPS = 500;
  private static final int MOST_HALVINGS = 40;

  /** Length of a gradient that counts as none. */
  private static final double NO_GRADIENT = 1e-5;

  /** Share of the fall along the tangent that a step has to reach. */
  private static final double LEAST_FALL = 1e-4;

  private Lbfgs() {}

  /** A function and its gradient. */
  interface Objective {

    /**
     * The function at a point.
     *
     * @param gradient receives its gradient there
     */
    double at(double[] point, double[] gradient);
  }

  /** How point and gradient have changed in a step. */
  private record Change(double[] point, double[] gradient) {

    double curvature() {
      return Vectors.dot(point, gradient);
    }
  }

  /**
   * The minimum, where the gradient is shorter than 1e-5 or after 500 steps.
   *
   * @param start not changed
   */
  static double[] minimum(Objective objective, double[] start) {
    double[] point = start;
    double[] gradient = new double[point.length];
    double value = objective.at(point, gradient);
    Deque<Change> newestFirst = new ArrayDeque<>();
    for (int i = 0; i < MOST_STEPS && length(gradient) > NO_GRADIENT; i++) {
      double[] direction = direction(gradient, newestFirst);
      double slope = Vectors.dot(direction, gradient);
      double step = newestFirst.isEmpty() ? Math.min(1, 1 / length(gradient)) : 1;
      double[] nextGradient = new double[point.length];
      double[] next = Vectors.along(point, step, direction);
      double nextValue = objective.at(next, nextGradient);
      for (int h = 0; h < MOST_HALVINGS && nextValue > value + LEAST_FALL * step * slope; h++) {
        step /= 2;
        next = Vectors.along(point, step, direction);
        nextValue = objective.at(next, nextGradient);
      }
      if (nextValue >= value) { // but for rounding, this is the minimum
        return point;
      }
      Change change =
          new Change(Vectors.along(next, -1, point), Vectors.along(nextGradient, -1, gradient));
      if (change.curvature() > 0) { // or it is rounding
        newestFirst.push(change);
      }
      if (newestFirst.size() > CHANGES) {
        newestFirst.removeLast();
      }
      point = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return point;
  }

  /** Minus the gradient times the inverse of the Hessian, as far as the changes tell it. */
  private static double[] direction(double[] gradient, Deque<Change> newestFirst) {
    double[] q = new double[gradient.length];
    Arrays.setAll(q, j -> -gradient[j]);
    if (newestFirst.isEmpty()) {
      return q;
    }
    double[] shares = new double[newestFirst.size()];
    int i = 0;
    for (Change change : newestFirst) {
      shares[i] = Vectors.dot(change.point(), q) / change.curvature();
      q = Vectors.along(q, -shares[i++], change.gradient());
    }
    Change newest = newestFirst.getFirst();
    double scale = newest.curvature() / Vectors.dot(newest.gradient(), newest.gradient());
    for (int j = 0; j < q.length; j++) {
      q[j] *= scale;
    }
    for (Iterator<Change> oldestFirst = newestFirst.descendingIterator(); oldestFirst.hasNext(); ) {
      Change change = oldestFirst.next();
      double share = Vectors.dot(change.gradient(), q) / change.curvature();
      q = Vectors.along(q, shares[--i] - share, change.point());
    }
    return q;
  }

  private static double length(double[] vector) {
    return Math.sqrt(Vectors.dot(vector, vector));
  }
}
