package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The channels of a, then the channels of b. */
public final class Concatenation extends Node {

  private final Node a;
  private final Node b;

  public Concatenation(Node a, Node b) {
    super(
        new long[] {a.shape[0], a.shape[1], a.channels() + b.channels()},
        Math.sqrt(
            (a.channels() * a.magnitude * a.magnitude + b.channels() * b.magnitude * b.magnitude)
                / (a.channels() + b.channels())));
    this.a = a;
    this.b = b;
  }

  @Override
  List<Operation> computing(int n) {
    return List.of(
        new Operation("concat", new INDArray[] {a.value, b.value}, new INDArray[] {value}, 3));
  }

  @Override
  List<Operation> propagating(int n) {
    return List.of(
        new Operation(
            "concat_bp",
            new INDArray[] {a.value, b.value, gradient},
            new INDArray[] {gradientOf(a, n), gradientOf(b, n)},
            3));
  }
}
