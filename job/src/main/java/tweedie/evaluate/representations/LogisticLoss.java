package tweedie.evaluate.representations;

/**
 * What multinomial logistic regression minimises: for weights w_k and b_k of each class, laid end
 * to end as [K, d + 1],
 *
 * <pre>
 *   L = 1/n sum_i -log p(label_i | x_i) + ridge / 2 sum_k |w_k|^2,
 *   p(k | x) = exp(w_k . x + b_k) / sum_l exp(w_l . x + b_l)
 * </pre>
 *
 * @param rows x, [n, d]
 * @param labels [n]
 * @param classes K
 * @param ridge &gt; 0
 */
record LogisticLoss(double[] rows, int[] labels, int classes, double ridge)
    implements Lbfgs.Objective {

  /** Number of weights. */
  int size() {
    return classes * (length() + 1);
  }

  private int length() {
    return rows.length / labels.length;
  }

  @Override
  public double at(double[] weights, double[] gradient) {
    int n = labels.length;
    int d = length();
    double loss = 0;
    for (int at = 0; at < weights.length; at++) {
      boolean bias = at % (d + 1) == d;
      gradient[at] = bias ? 0 : ridge * weights[at];
      loss += bias ? 0 : ridge / 2 * weights[at] * weights[at];
    }
    double[] p = new double[classes];
    for (int i = 0; i < n; i++) {
      scores(weights, i, p);
      double all = logOfSum(p);
      loss += (all - p[labels[i]]) / n;
      for (int k = 0; k < classes; k++) {
        double share = (Math.exp(p[k] - all) - (k == labels[i] ? 1 : 0)) / n;
        int from = k * (d + 1);
        for (int j = 0; j < d; j++) {
          gradient[from + j] += share * rows[i * d + j];
        }
        gradient[from + d] += share;
      }
    }
    return loss;
  }

  /** The mean of -log p alone. */
  double crossEntropy(double[] weights) {
    double[] scores = new double[classes];
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      scores(weights, i, scores);
      sum += logOfSum(scores) - scores[labels[i]];
    }
    return sum / labels.length;
  }

  /** For how many rows p of their label is the largest; the first of several. */
  int right(double[] weights) {
    double[] scores = new double[classes];
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      scores(weights, i, scores);
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = scores[k] > scores[best] ? k : best;
      }
      right += best == labels[i] ? 1 : 0;
    }
    return right;
  }

  /** w_k . x_i + b_k of each class. */
  private void scores(double[] weights, int i, double[] scores) {
    int d = length();
    for (int k = 0; k < classes; k++) {
      int from = k * (d + 1);
      double sum = weights[from + d];
      for (int j = 0; j < d; j++) {
        sum += weights[from + j] * rows[i * d + j];
      }
      scores[k] = sum;
    }
  }

  private static double logOfSum(double[] scores) {
    double max = scores[0];
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score - max);
    }
    return max + Math.log(sum);
  }
}
