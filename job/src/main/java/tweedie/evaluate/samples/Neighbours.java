package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.Stream;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

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
 * The same is counted in each split of {@link HalfSamples}, where a row has the neighbours of its
 * half only: intervals are those of drawing both sets anew, with what rows that share neighbours
 * have in common.
 */
public final class Neighbours implements Serializable {

  private static final long serialVersionUID = 1L;

  /** All rows, and each split: a row is in one half of it, so both are counted at once. */
  private static final int VIEWS = 1 + HalfSamples.SPLITS;

  private final int samples;
  private final int real;
  private final BitSet[] samplesInBall = bitSets();
  private final BitSet[] realCovered = bitSets();
  private final BitSet[] realInBall = bitSets();
  private final long[] pairs = new long[HalfSamples.SUBSETS];

  /** No sample yet, of {@code samples} samples against {@code real} real rows. */
  public Neighbours(int samples, int real) {
    this.samples = samples;
    this.real = real;
  }

  private static BitSet[] bitSets() {
    return Stream.generate(BitSet::new).limit(VIEWS).toArray(BitSet[]::new);
  }

  /** The subset of a view in which two rows are together; -1 if there is none. */
  private static int together(int view, int row, int other) {
    if (view == 0) {
      return 0;
    }
    int group = HalfSamples.group(row);
    int first = 2 * view - 1;
    int subset = HalfSamples.holds(first, group) ? first : first + 1;
    return HalfSamples.holds(subset, HalfSamples.group(other)) ? subset : -1;
  }

  /**
   * The balls around a row, one among all rows and one among those of its half of each split.
   *
   * @param squaredRadii [1 + splits]
   * @param largest of them
   */
  public record Balls(double[] squaredRadii, double largest) implements Serializable {

    /**
     * Balls to the k-th nearest other row.
     *
     * @param row its number
     * @param squaredDistances from it to all rows of its set, [n]; that to itself is not read
     * @param k at least 1; each half needs more rows
     */
    public static Balls of(int row, double[] squaredDistances, int k) {
      double[][] nearest = new double[VIEWS][k];
      for (double[] ofView : nearest) {
        Arrays.fill(ofView, Double.POSITIVE_INFINITY);
      }
      for (int other = 0; other < squaredDistances.length; other++) {
        for (int view = 0; view < VIEWS && other != row; view++) {
          if (squaredDistances[other] < nearest[view][k - 1] && together(view, row, other) >= 0) {
            insert(nearest[view], squaredDistances[other]);
          }
        }
      }
      double[] radii = Arrays.stream(nearest).mapToDouble(ofView -> ofView[k - 1]).toArray();
      return new Balls(radii, Arrays.stream(radii).max().orElseThrow());
    }

    private static void insert(double[] nearest, double distance) {
      int at = nearest.length - 1;
      while (at > 0 && nearest[at - 1] > distance) {
        nearest[at] = nearest[at - 1];
        at--;
      }
      nearest[at] = distance;
    }
  }

  /**
   * Adds a pair of rows.
   *
   * @param squaredDistance between them
   * @param ofSample the balls around the sample
   * @param ofReal the balls around the real row
   */
  public void add(int sample, int row, double squaredDistance, Balls ofSample, Balls ofReal) {
    if (squaredDistance > ofSample.largest && squaredDistance > ofReal.largest) {
      return;
    }
    for (int view = 0; view < VIEWS; view++) {
      int subset = together(view, sample, row);
      if (subset >= 0 && squaredDistance <= ofReal.squaredRadii[view]) {
        pairs[subset]++;
        samplesInBall[view].set(sample);
        realCovered[view].set(row);
      }
      if (subset >= 0 && squaredDistance <= ofSample.squaredRadii[view]) {
        realInBall[view].set(row);
      }
    }
  }

  /** Adds the counts of other samples. */
  public void add(Neighbours other) {
    for (int view = 0; view < VIEWS; view++) {
      samplesInBall[view].or(other.samplesInBall[view]);
      realCovered[view].or(other.realCovered[view]);
      realInBall[view].or(other.realInBall[view]);
    }
    for (int subset = 0; subset < pairs.length; subset++) {
      pairs[subset] += other.pairs[subset];
    }
  }

  /** Share of samples that look real, in [0, 1]. */
  public Estimate precision() {
    return share(samplesInBall, samples);
  }

  /** Share of real rows that look like samples, in [0, 1]. */
  public Estimate recall() {
    return share(realInBall, real);
  }

  /** How densely real rows lie around samples; 1 in the mean for equal distributions. */
  public Estimate density(int k) {
    return HalfSamples.ofNumber(
            subset -> pairs[subset] / ((double) k * HalfSamples.rows(subset, samples)))
        .notBelowZero();
  }

  /** Share of real rows with a sample near by, in [0, 1]. */
  public Estimate coverage() {
    return share(realCovered, real);
  }

  private static Estimate share(BitSet[] found, int n) {
    return HalfSamples.ofShare(
        subset ->
            (double)
                    found[(subset + 1) / 2].stream()
                        .filter(row -> HalfSamples.holds(subset, HalfSamples.group(row)))
                        .count()
                / HalfSamples.rows(subset, n),
        n);
  }
}
