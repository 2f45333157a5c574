package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x times one learned number that starts at 0, so that what it scales begins by changing nothing.
 */
public final class Scale extends NativeNode {

  private final Node x;
  private final Parameter factor;
  private Operation match;
  private Operation sum;

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
    INDArray ofInput = gradientOf(x, n);
    if (factor.learned()) {
      INDArray product = array(batch(n));
      match = Operation.of("multiply", product, gradient, x.value);
      sum = Operation.of("reduce_sum", factor.gradient.reshape(), product);
    }
    return List.of(scaled(gradient, ofInput));
  }

  @Override
  void backward() {
    super.backward();
    if (factor.learned()) {
      match.run();
      sum.run();
    }
  }

  private Operation scaled(INDArray from, INDArray to) {
    return Operation.of("multiply", to, from, factor.value.reshape());
  }
}
