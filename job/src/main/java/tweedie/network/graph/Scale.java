package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x times one learned number that starts at 0, so that what it scales begins by changing nothing.
 */
public final class Scale extends Node {

  private final Node x;
  private final Parameter factor;

  public Scale(Graph graph, Node x, String name) {
    super(x.shape, x.magnitude);
    this.x = x;
    this.factor = graph.parameter(name, 0, 1);
  }

  @Override
  List<Operation> computing(int n) {
    return List.of(scaled(x.value, value));
  }

  @Override
  List<Operation> propagating(int n) {
    Operation ofInput = scaled(gradient, gradientOf(x, n));
    if (!factor.learned()) {
      return List.of(ofInput);
    }
    INDArray product = array(batch(n));
    return List.of(
        ofInput,
        Operation.of("multiply", product, gradient, x.value),
        Operation.of("reduce_sum", factor.gradient.reshape(), product));
  }

  private Operation scaled(INDArray from, INDArray to) {
    return Operation.of("multiply", to, from, factor.value.reshape());
  }
}
