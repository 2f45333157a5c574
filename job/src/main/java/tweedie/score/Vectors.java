package tweedie.score;

/** Sums and products of vectors of one length. */
public final class Vectors {

  private Vectors() {}

  /** a . b. */
  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      difference[j] = a[j] - b[j];
    }
    return difference;
  }

  /** |a - b|^2. */
  public static double squaredDistance(double[] a, double[] b) {
    double[] difference = difference(a, b);
    return dot(difference, difference);
  }

  /** a + step b. */
  public static double[] along(double[] a, double step, double[] b) {
    double[] sum = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      sum[j] = a[j] + step * b[j];
    }
    return sum;
  }

  /** Adds factor vector to sum. */
  static void addScaled(double[] sum, double factor, double[] vector) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += factor * vector[j];
    }
  }

  /** sum_k r_k v_k. */
  static double[] weighted(double[] r, double[][] vectors) {
    double[] sum = new double[vectors[0].length];
    for (int k = 0; k < r.length; k++) {
      addScaled(sum, r[k], vectors[k]);
    }
    return sum;
  }
}
