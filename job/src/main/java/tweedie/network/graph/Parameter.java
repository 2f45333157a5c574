package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One named array of weights: a view of the network's flat parameter vector, and the same view of
 * its gradient.
 */
public final class Parameter {

  public final String name;
  public final long[] shape;

  /** Standard deviation of the normal distribution of the initial values; 0 for zeros. */
  final double initialStd;

  INDArray value;
  INDArray gradient;

  Parameter(String name, long[] shape, double initialStd) {
    this.name = name;
    this.shape = shape;
    this.initialStd = initialStd;
  }

  /** Whether its gradient is asked for. */
  boolean learned() {
    return gradient != null;
  }

  public long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }
}
