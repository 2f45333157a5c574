package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.Jackknife;

/**
 * Precision, recall, density and coverage from balls around rows that reach to their k-th nearest
 * neighbour in their own set:
 *
 * <pre>
 *     precision  share of samples in the ball of some real row    (Kynkaanniemi et al. 2019, arXiv 1904.06991)
 *     recall     share of real rows in the ball of some sample
 *     density    1 / (k n) sum over samples of the real balls they are in    (Naeem et al. 2020, arXiv 2002.09797)
 *     coverage   share of real rows whose ball holds a sample
 * </pre>
 *
 * <p>This holds the counts of some samples against all real rows; counts of others can be added.
 * Intervals are those of drawing other samples (precision, density) or other real rows (recall,
 * coverage) with the balls as they are.
 */
public final class Neighbours implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int[] ballsAroundSample;
  private final BitSet realCovered = new BitSet();
  private final BitSet realInBallOfSample = new BitSet();
  private final int real;

  /** No sample yet, of {@code samples} samples against {@code real} real rows. */
  public Neighbours(int samples, int real) {
    this.ballsAroundSample = new int[samples];
    this.real = real;
  }

  /**
   * Squared distance to the k-th nearest other row.
   *
   * @param squaredDistances from one row to the others of its set, itself left out
   */
  public static double squaredRadius(double[] squaredDistances, int k) {
    double[] nearest = new double[k];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (double distance : squaredDistances) {
      if (distance < nearest[k - 1]) {
        int at = k - 1;
        while (at > 0 && nearest[at - 1] > distance) {
          nearest[at] = nearest[at - 1];
          at--;
        }
        nearest[at] = distance;
      }
    }
    return nearest[k - 1];
  }

  /**
   * Adds a pair of rows.
   *
   * @param squaredDistance between them
   * @param sampleRadius squared radius of the ball around the sample
   * @param realRadius squared radius of the ball around the real row
   */
  public void add(
      int sample, int row, double squaredDistance, double sampleRadius, double realRadius) {
    if (squaredDistance <= realRadius) {
      ballsAroundSample[sample]++;
      realCovered.set(row);
    }
    if (squaredDistance <= sampleRadius) {
      realInBallOfSample.set(row);
    }
  }

  /** Adds the counts of other samples. */
  public void add(Neighbours other) {
    for (int i = 0; i < ballsAroundSample.length; i++) {
      ballsAroundSample[i] += other.ballsAroundSample[i];
    }
    realCovered.or(other.realCovered);
    realInBallOfSample.or(other.realInBallOfSample);
  }

  /** Share of samples that look real, in [0, 1]. */
  public Estimate precision() {
    int hits = (int) Arrays.stream(ballsAroundSample).filter(balls -> balls > 0).count();
    return Estimate.ofShare(hits, ballsAroundSample.length);
  }

  /** Share of real rows that look like samples, in [0, 1]. */
  public Estimate recall() {
    return Estimate.ofShare(realInBallOfSample.cardinality(), real);
  }

  /** How densely real rows lie around samples; 1 in the mean for equal distributions. */
  public Estimate density(int k) {
    return Jackknife.ofMean(
        Arrays.stream(ballsAroundSample).mapToDouble(balls -> (double) balls / k).toArray());
  }

  /** Share of real rows with a sample near by, in [0, 1]. */
  public Estimate coverage() {
    return Estimate.ofShare(realCovered.cardinality(), real);
  }
}
