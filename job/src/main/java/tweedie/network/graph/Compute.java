package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a {@link Graph} on one device; one thread at a time. Arrays of the device are kept for the
 * last batch size until {@link #close}.
 */
public interface Compute extends AutoCloseable {

  /**
   * Says where the parameters are, and what is to be learned.
   *
   * @param parameters the flat vector, [P], on the host; what stands behind the graph's own in it
   *     is not read
   * @param gradients where {@link #backward} writes the gradient with respect to them, [P]; null to
   *     have it compute that with respect to the first input instead, in which case the parameters
   *     have to stay as they are until the next bind
   */
  void bind(INDArray parameters, INDArray gradients);

  /**
   * Computes the output of n examples.
   *
   * @param out receives it, [n, output]
   * @param inputs one array for each {@link GraphInput}, in their order, [n, input]
   */
  void forward(int n, float[] out, float[]... inputs);

  /** As {@link #forward}, and keeps what {@link #backward} needs. */
  void forwardAndKeep(int n, float[] out, float[]... inputs);

  /**
   * Propagates the gradient of a loss back from the output of the last {@link #forwardAndKeep}. May
   * be called again with another gradient.
   *
   * @param gradient [n, output]
   */
  void backward(int n, float[] gradient);

  /**
   * The gradient with respect to the first input of the last {@link #backward}, [n, input].
   *
   * @throws IllegalStateException if gradients with respect to the parameters are bound
   */
  float[] inputGradient();

  /** The engine, its version, and how it runs, in words: for reports. */
  String describe();

  @Override
  void close();
}
