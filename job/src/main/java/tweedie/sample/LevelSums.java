package tweedie.sample;

import java.io.Serializable;

/**
 * What chains did at a noise level, in sums that add up over batches.
 *
 * <p>At a noisy image y = x + s n the denoiser's residual |y - D|^2, which is s^4 times the squared
 * score, is at most d s^2 on average, and equal to it if the data is one point. A chain whose
 * residual is larger carries more noise than the denoiser expects at that level, or the score is
 * wrong there.
 *
 * @param s noise standard deviation of the level
 * @param chains number of chains n
 * @param squaredMove sum over chains of |after - before|^2 / d
 * @param squaredScore sum over chains of |y - D(y, s)|^2 / (d s^2), the squared norm of the score
 *     over that of the noise, at the level's last call of the denoiser
 */
public record LevelSums(double s, long chains, double squaredMove, double squaredScore)
    implements Serializable {

  /** Noise variance over the predicted one above which a level is reported. */
  public static final double TOLERANCE = 1.25;

  /** Of the chains that were not stopped. */
  public static LevelSums of(LevelEnd end) {
    int n = end.chains().length;
    int d = end.after().length / n;
    double at = end.last().s();
    long going = 0;
    double move = 0;
    double score = 0;
    for (int i = 0; i < n; i++) {
      if (!end.stopped()[i]) {
        going++;
        move += squaredDistance(end.after(), end.before(), i, d) / d;
        score += squaredDistance(end.last().y(), end.last().denoised(), i, d) / (d * at * at);
      }
    }
    return new LevelSums(end.s(), going, move, score);
  }

  /** The sums over these chains and the others at the same level. */
  public LevelSums plus(LevelSums other) {
    return new LevelSums(
        s,
        chains + other.chains,
        squaredMove + other.squaredMove,
        squaredScore + other.squaredScore);
  }

  /** Mean squared displacement of a pixel during the level, in squared units of the data. */
  public double meanSquaredMove() {
    return squaredMove / chains;
  }

  /** Root mean square of the norm of the score over sqrt(d) / s, that of pure noise. */
  public double scoreNorm() {
    return Math.sqrt(squaredScore / chains);
  }

  private static double squaredDistance(double[] a, double[] b, int row, int d) {
    double sum = 0;
    for (int j = row * d; j < (row + 1) * d; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
  }
}
