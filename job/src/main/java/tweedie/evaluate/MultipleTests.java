package tweedie.evaluate;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Many tests at once. */
public final class MultipleTests {

  private MultipleTests() {}

  /**
   * Holm's adjusted p-values (Holm 1979, Scandinavian Journal of Statistics 6): where all
   * hypotheses are true, any of them is below a level with at most the probability of that level,
   * whatever the tests have in common.
   *
   * @param pValues of all tests
   * @return in the same order
   */
  public static double[] holm(double[] pValues) {
    int n = pValues.length;
    int[] ascending =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(test -> pValues[test]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[n];
    double largest = 0;
    for (int rank = 0; rank < n; rank++) {
      int test = ascending[rank];
      largest = Math.max(largest, Math.min(1, (n - rank) * pValues[test]));
      adjusted[test] = largest;
    }
    return adjusted;
  }

  /** The p-value of a test both of whose sides are bad, from those of its sides. */
  public static double twoSided(double atLeast, double atMost) {
    return Math.min(1, 2 * Math.min(atLeast, atMost));
  }
}
