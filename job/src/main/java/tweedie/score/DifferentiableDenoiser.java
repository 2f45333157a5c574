package tweedie.score;

/**
 * A denoiser that also multiplies vectors with its Jacobian dD/dy, which the density that it
 * implies needs.
 *
 * <p>By Tweedie's formula the Jacobian is I + s^2 times the Hessian of log p_s, so that of the
 * exact denoiser is symmetric and equal to Cov(x | y) / s^2; that of a network is neither.
 */
public interface DifferentiableDenoiser extends Denoiser {

  /**
   * Computes E[x | y] for n images, and for each of p vectors the product v^T dD/dy with the
   * Jacobian of its row.
   *
   * @param y means of the copies, [n, d] row by row
   * @param s noise standard deviation of each mean, [n], each &gt; 0
   * @param out receives the posterior means, [n, d]; not {@code y} itself
   * @param vectors v, [p][n, d]
   * @param products receives the products, [p][n, d]
   */
  void denoise(double[] y, double[] s, double[] out, double[][] vectors, double[][] products);

  /**
   * The same denoiser as a function of y and s alone, for rows that belong to these chains: random
   * numbers of its own are drawn once for a chain and not for every call.
   *
   * @param chains one for each row of the next calls
   */
  default DifferentiableDenoiser fixedFor(long seed, long[] chains) {
    return this;
  }
}
