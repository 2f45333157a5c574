package tweedie.network.graph;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear operation on x without bias, with weights of which every output channel has the same
 * length: w_eff[:, o] = length w[:, o] / |w[:, o]|.
 *
 * <p>The output has magnitude {@code gain} whatever the raw weights are, so activations need no
 * normalisation layer, and averaging the raw weights of several workers averages nothing that is a
 * running statistic (Karras et al. 2024, arXiv 2312.02696, equation 47 and section B.4).
 */
abstract class WeightedNode extends Node {

  final Node x;
  private final Parameter raw;
  private final double length;
  private INDArray matrix;
  private INDArray lengths;
  private List<Operation> normalizing = List.of();
  private List<Operation> unnormalizing = List.of();
  private boolean normalized;

  /** The weights that the operation uses, in the shape of the raw parameter. */
  INDArray weight;

  /** An operation whose raw weights have this shape, the output channels last. */
  WeightedNode(Graph graph, Node x, String name, long[] shape, double gain, long... weightShape) {
    super(shape, gain);
    this.x = x;
    this.length = gain / x.magnitude;
    int last = weightShape.length - 1;
    long inputs = Arrays.stream(weightShape, 0, last).reduce(1, (a, b) -> a * b);
    this.raw = graph.parameter(name, 1 / Math.sqrt(inputs), weightShape);
  }

  /** The operation from the value of x with {@link #weight}. */
  abstract Operation applied();

  @Override
  final List<Operation> computing(int n) {
    normalized = false;
    long outputs = raw.shape[raw.shape.length - 1];
    long inputs = raw.length() / outputs;
    weight = array(raw.shape);
    matrix = weight.reshape('c', inputs, outputs);
    lengths = array(1, outputs);
    INDArray rawMatrix = raw.value.reshape('c', inputs, outputs);
    normalizing =
        List.of(
            new Operation(
                "reduce_norm2",
                new INDArray[] {rawMatrix},
                new INDArray[] {lengths.reshape(outputs)},
                0),
            divide(lengths, length),
            Operation.of("divide", matrix, rawMatrix, lengths));
    return List.of(applied());
  }

  /** Whether the gradient of the weights is asked for. */
  final boolean learned() {
    return raw.learned();
  }

  /**
   * Where the operation writes its gradient g with respect to {@link #weight}. That of the raw
   * weights is then length / |w| (g - u (u . g)) for each output channel, u = w / |w|.
   */
  final INDArray weightGradient() {
    INDArray weightGradient = array(raw.shape);
    if (learned()) {
      INDArray g = weightGradient.reshape('c', matrix.shape());
      INDArray scratch = array(matrix.shape());
      INDArray projection = array(lengths.shape());
      unnormalizing =
          List.of(
              Operation.of("multiply", scratch, matrix, g),
              new Operation(
                  "reduce_sum",
                  new INDArray[] {scratch},
                  new INDArray[] {projection.reshape(projection.length())},
                  0),
              divide(projection, length * length),
              Operation.of("multiply", scratch, matrix, projection),
              Operation.of("subtract", g, g, scratch),
              Operation.of("divide", raw.gradient.reshape('c', matrix.shape()), g, lengths));
    }
    return weightGradient;
  }

  private Operation divide(INDArray array, double number) {
    return Operation.of("divide", array, array, scalar((float) number));
  }

  /** Weights that are not learned are normalized once. */
  @Override
  final void forward() {
    if (!normalized || learned()) {
      normalized = true;
      normalizing.forEach(Operation::run);
    }
    super.forward();
  }

  @Override
  final void backward() {
    super.backward();
    if (learned()) {
      unnormalizing.forEach(Operation::run);
    }
  }
}
