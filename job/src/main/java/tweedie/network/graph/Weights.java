package tweedie.network.graph;

import java.util.Arrays;

/**
 * Weights of which every output channel has the same length: w_eff[:, o] = length w[:, o] / |w[:,
 * o]|, so that the output of what uses them has a magnitude that does not hang on the raw weights
 * w.
 *
 * <p>Activations then need no normalisation layer, and averaging the raw weights of several workers
 * averages nothing that is a running statistic (Karras et al. 2024, arXiv 2312.02696, equation 47
 * and section B.4). With g the gradient with respect to w_eff and u = w / |w|, that of the raw
 * weights is length / |w| (g - u (u . g)) for each output channel.
 *
 * @param raw w, the output channels last
 * @param length of each output channel
 */
public record Weights(Parameter raw, double length) {

  static Weights of(Graph graph, String name, double length, long... shape) {
    long inputs = Parameter.product(Arrays.copyOf(shape, shape.length - 1));
    return new Weights(graph.parameter(name, 1 / Math.sqrt(inputs), shape), length);
  }

  /** Number of output channels. */
  public long outputs() {
    return raw.shape[raw.shape.length - 1];
  }

  /** Number of weights of an output channel. */
  public long inputs() {
    return raw.length() / outputs();
  }
}
