package tweedie.network.graph;

/** One named array of weights, a part of the network's flat parameter vector. */
public final class Parameter {

  public final String name;
  public final long[] shape;

  /** Where it begins in the flat vector. */
  public final long offset;

  /** Standard deviation of the normal distribution of the initial values; 0 for zeros. */
  final double initialStd;

  Parameter(String name, long[] shape, long offset, double initialStd) {
    this.name = name;
    this.shape = shape;
    this.offset = offset;
    this.initialStd = initialStd;
  }

  public long length() {
    return product(shape);
  }

  static long product(long[] sizes) {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return product;
  }
}
