package tweedie.evaluate.representations;

/**
 * Takes the mean off every value of a row and divides it by its standard deviation.
 *
 * @param mean [d]
 * @param std [d], 1 for a value that is the same in all rows
 */
record Standard(double[] mean, double[] std) {

  /** Mean and standard deviation of the values of these rows. */
  static Standard of(LabelledRows rows) {
    int n = rows.count();
    int d = rows.length();
    double[] mean = new double[d];
    double[] std = new double[d];
    for (int at = 0; at < n * d; at++) {
      mean[at % d] += rows.values()[at] / (double) n;
    }
    for (int at = 0; at < n * d; at++) {
      double from = rows.values()[at] - mean[at % d];
      std[at % d] += from * from / n;
    }
    for (int j = 0; j < d; j++) {
      // of equal floats, the mean may be off by rounding
      double rounding = 1e-12 * mean[j] * mean[j];
      std[j] = std[j] > rounding ? Math.sqrt(std[j]) : 1;
    }
    return new Standard(mean, std);
  }

  /** The values of some rows so changed, [n, d]. */
  double[] of(float[] rows) {
    int d = mean.length;
    double[] changed = new double[rows.length];
    for (int at = 0; at < rows.length; at++) {
      changed[at] = (rows[at] - mean[at % d]) / std[at % d];
    }
    return changed;
  }
}
