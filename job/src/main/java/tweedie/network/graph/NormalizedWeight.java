package tweedie.network.graph;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weights of which every output channel has the same length: w_eff[:, o] = gain w[:, o] / |w[:,
 * o]|.
 *
 * <p>With inputs of unit magnitude the output has magnitude {@code gain} whatever the raw weights
 * are, so activations need no normalisation layer, and averaging the raw weights of several workers
 * averages nothing that is a running statistic (Karras et al. 2024, arXiv 2312.02696, equation 47
 * and section B.4).
 */
final class NormalizedWeight {

  private final Parameter raw;
  private final double gain;
  private final List<INDArray> owned = new ArrayList<>();
  private INDArray lengths;
  private Operation length;
  private Operation unitLength;
  private Operation divide;
  private Operation match;
  private Operation project;
  private Operation unitProjection;
  private Operation along;
  private Operation orthogonal;
  private Operation unscale;
  private INDArray matrix;
  private INDArray gradientMatrix;
  private INDArray projection;
  private INDArray scratch;
  private boolean computed;

  /** The weights that the operation uses, in the shape of the raw parameter. */
  INDArray effective;

  /** Gradient with respect to {@link #effective}, which the operation writes. */
  INDArray effectiveGradient;

  NormalizedWeight(Parameter raw, double gain) {
    this.raw = raw;
    this.gain = gain;
  }

  void allocate() {
    computed = false;
    long outputs = raw.shape[raw.shape.length - 1];
    long inputs = raw.length() / outputs;
    effective = array(raw.shape);
    matrix = effective.reshape('c', inputs, outputs);
    lengths = array(1, outputs);
    INDArray rawMatrix = raw.value.reshape('c', inputs, outputs);
    length =
        new Operation(
            "reduce_norm2",
            new INDArray[] {rawMatrix},
            new INDArray[] {lengths.reshape(outputs)},
            0);
    unitLength = divideBy(gain, lengths);
    divide = new Operation("divide", new INDArray[] {rawMatrix, lengths}, new INDArray[] {matrix});
  }

  /** Whether the gradient of the weights is asked for. */
  boolean learned() {
    return raw.learned();
  }

  void allocateBackward() {
    effectiveGradient = array(raw.shape);
    gradientMatrix = effectiveGradient.reshape('c', matrix.shape());
    scratch = array(matrix.shape());
    projection = array(lengths.shape());
    match = Operation.of("multiply", scratch, matrix, gradientMatrix);
    project =
        new Operation(
            "reduce_sum",
            new INDArray[] {scratch},
            new INDArray[] {projection.reshape(projection.length())},
            0);
    unitProjection = divideBy(gain * gain, projection);
    along =
        new Operation("multiply", new INDArray[] {matrix, projection}, new INDArray[] {scratch});
    orthogonal = Operation.of("subtract", gradientMatrix, gradientMatrix, scratch);
    if (raw.learned()) {
      INDArray rawGradient = raw.gradient.reshape('c', matrix.shape());
      unscale =
          new Operation(
              "divide", new INDArray[] {gradientMatrix, lengths}, new INDArray[] {rawGradient});
    }
  }

  /** Computes {@link #effective} from the raw weights: once where they are not learned. */
  void forward() {
    if (computed && !raw.learned()) {
      return;
    }
    computed = true;
    length.run();
    unitLength.run();
    divide.run();
  }

  /**
   * Computes the gradient of the raw weights from {@link #effectiveGradient} g: gain / |w| (g - u
   * (u . g)) for each output channel, u = w / |w|.
   */
  void backward() {
    match.run();
    project.run();
    unitProjection.run();
    along.run();
    orthogonal.run();
    unscale.run();
  }

  private Operation divideBy(double number, INDArray array) {
    INDArray scalar = Nd4j.scalar((float) number);
    owned.add(scalar);
    return Operation.of("divide", array, array, scalar);
  }

  private INDArray array(long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    owned.add(array);
    return array;
  }

  void release() {
    owned.forEach(INDArray::close);
    owned.clear();
  }
}
