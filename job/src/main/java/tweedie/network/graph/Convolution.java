package tweedie.network.graph;

/**
 * A convolution with normalised weights [height, width, in, out], "same" padding and no bias; its
 * output has magnitude {@code gain}.
 */
public final class Convolution extends Node {

  public final Node x;
  public final Weights weights;
  public final int kernel;
  public final int stride;

  public Convolution(
      Graph graph, Node x, String name, int kernel, int stride, long out, double gain) {
    super(new long[] {strided(x.shape[0], stride), strided(x.shape[1], stride), out}, gain, x);
    this.x = x;
    this.weights = Weights.of(graph, name, gain / x.magnitude, kernel, kernel, x.channels(), out);
    this.kernel = kernel;
    this.stride = stride;
  }

  /** "Same" padding leaves ceil(size / stride) pixels. */
  private static long strided(long size, int stride) {
    return (size + stride - 1) / stride;
  }

  /**
   * Zeros before the first pixel and after the last, where an uneven number of them has one more
   * after it.
   *
   * @param dimension 0 for rows, 1 for columns
   * @return before, after
   */
  public long[] padding(int dimension) {
    long all = Math.max((shape[dimension] - 1) * stride + kernel - x.shape[dimension], 0);
    return new long[] {all / 2, all - all / 2};
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.convolution(this);
  }
}
