package tweedie.evaluate.representations;

import tweedie.evaluate.Estimate;

/**
 * How well classes can be read off rows of numbers linearly (Alain and Bengio 2016, arXiv
 * 1610.01644): multinomial logistic regression, see {@link LogisticLoss}, on values that have mean
 * 0 and variance 1 over the rows that it learns from. Of the strengths 1, 0.1, .., 0.0001 of the
 * ridge it takes the one with the least cross-entropy on every fifth of these rows after learning
 * from the others, and learns from all of them with that.
 *
 * @param ridge strength
 * @param right tested rows whose most probable class is their own
 * @param tested how many rows were tested
 */
public record LinearProbe(double ridge, int right, int tested) {

  /** One row in so many is held out. */
  public static final int HELD_OUT = 5;

  private static final double[] RIDGES = {1, 0.1, 0.01, 1e-3, 1e-4};

  /**
   * Learns and tests.
   *
   * @param training at least {@link #HELD_OUT} rows
   * @param classes K, at least 2
   */
  public static LinearProbe of(LabelledRows training, LabelledRows test, int classes) {
    double ridge = ridge(training, classes);
    Standard standard = Standard.of(training);
    LogisticLoss loss = loss(standard, training, classes, ridge);
    double[] weights = Lbfgs.minimum(loss, new double[loss.size()]);
    int right = loss(standard, test, classes, ridge).right(weights);
    return new LinearProbe(ridge, right, test.count());
  }

  private static double ridge(LabelledRows training, int classes) {
    LabelledRows learned = training.where(i -> i % HELD_OUT != HELD_OUT - 1);
    LabelledRows held = training.where(i -> i % HELD_OUT == HELD_OUT - 1);
    Standard standard = Standard.of(learned);
    double best = RIDGES[0];
    double least = Double.POSITIVE_INFINITY;
    double[] weights = null;
    for (double ridge : RIDGES) {
      LogisticLoss loss = loss(standard, learned, classes, ridge);
      weights = Lbfgs.minimum(loss, weights == null ? new double[loss.size()] : weights);
      double crossEntropy = loss(standard, held, classes, ridge).crossEntropy(weights);
      if (crossEntropy < least) {
        least = crossEntropy;
        best = ridge;
      }
    }
    return best;
  }

  private static LogisticLoss loss(
      Standard standard, LabelledRows rows, int classes, double ridge) {
    return new LogisticLoss(standard.of(rows.values()), rows.labels(), classes, ridge);
  }

  /** The share that is right, with its interval. */
  public Estimate accuracy() {
    return Estimate.ofShare(right, tested);
  }
}
