package tweedie.network.engine.nd4j;

import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import tweedie.network.graph.Attention;
import tweedie.network.graph.AttentionLoops;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Parameter;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;
import tweedie.network.graph.Weights;

/**
 * ND4J's operations that write the value of a node from those of its inputs, in order.
 *
 * <p>Images are [n, height, width, channels]: the layout in which oneDNN's convolutions and the
 * broadcasts over channels are fast. DL4J's ConvolutionLayer (1.0.0-M2.1, im2col) is 20 times
 * slower.
 *
 * @param cells of all nodes, by their index
 * @param parameters their values
 * @param normalizing receives the operations that normalise weights
 */
record Forward(
    List<Cell> cells, Function<Parameter, INDArray> parameters, List<Operation> normalizing)
    implements Node.Visitor<List<Operation>> {

  private static final int SAME = 1;
  private static final int NHWC = 1;
  private static final int WEIGHTS_YXIO = 0;

  private INDArray value(Node node) {
    return cells.get(node.index()).value;
  }

  @Override
  public List<Operation> input(GraphInput node) {
    return List.of();
  }

  @Override
  public List<Operation> dense(Dense node) {
    normalize(node, node.weights);
    return List.of(product(value(node.x), 0, cells.get(node.index()).weight, 0, value(node)));
  }

  /** out = a b, where 1 transposes. */
  static Operation product(INDArray a, int transposeA, INDArray b, int transposeB, INDArray out) {
    return new Operation(
        "matmul", new INDArray[] {a, b}, new INDArray[] {out}, transposeA, transposeB, 0);
  }

  @Override
  public List<Operation> convolution(Convolution node) {
    normalize(node, node.weights);
    INDArray weight = cells.get(node.index()).weight;
    return List.of(
        convolution("conv2d", node, new INDArray[] {value(node.x), weight}, value(node)));
  }

  static Operation convolution(
      String name, Convolution node, INDArray[] inputs, INDArray... outputs) {
    int kernel = node.kernel;
    int stride = node.stride;
    return new Operation(
        name,
        inputs,
        outputs,
        kernel,
        kernel,
        stride,
        stride,
        0,
        0,
        1,
        1,
        SAME,
        NHWC,
        WEIGHTS_YXIO);
  }

  private void normalize(Node node, Weights weights) {
    Cell cell = cells.get(node.index());
    long inputs = weights.inputs();
    long outputs = weights.outputs();
    cell.weight = cell.array(weights.raw().shape);
    cell.lengths = cell.array(1, outputs);
    INDArray raw = parameters.apply(weights.raw()).reshape('c', inputs, outputs);
    normalizing.add(
        new Operation(
            "reduce_norm2",
            new INDArray[] {raw},
            new INDArray[] {cell.lengths.reshape(outputs)},
            0));
    normalizing.add(
        Operation.of("divide", cell.lengths, cell.lengths, cell.scalar(weights.length())));
    normalizing.add(
        Operation.of("divide", cell.weight.reshape('c', inputs, outputs), raw, cell.lengths));
  }

  /**
   * The sigmoid is computed as (1 + tanh(x / 2)) / 2: of the two ND4J leaves the hyperbolic tangent
   * to oneDNN, whose loop is vectorized, and calls the C library for every number of a sigmoid. All
   * four operations together take a third of the time of that one.
   */
  @Override
  public List<Operation> silu(Silu node) {
    Cell cell = cells.get(node.index());
    cell.sigmoid = cell.array(node.batch(cell.n));
    INDArray sigmoid = cell.sigmoid;
    INDArray half = cell.scalar(0.5);
    return List.of(
        Operation.of("multiply", sigmoid, value(node.x), half),
        Operation.of("tanh", sigmoid, sigmoid),
        Operation.of("multiply", sigmoid, sigmoid, half),
        Operation.of("add", sigmoid, sigmoid, half),
        Operation.of("multiply", cell.value, value(node.x), sigmoid));
  }

  @Override
  public List<Operation> scale(Scale node) {
    Cell cell = cells.get(node.index());
    cell.weight = parameters.apply(node.factor).reshape();
    return List.of(Operation.of("multiply", cell.value, value(node.x), cell.weight));
  }

  @Override
  public List<Operation> shift(Shift node) {
    long[] broadcast = node.batch(cells.get(node.index()).n);
    for (int i = 1; i < broadcast.length - 1; i++) {
      broadcast[i] = 1;
    }
    INDArray perChannel = value(node.embedding).reshape('c', broadcast);
    return List.of(Operation.of("add", value(node), value(node.x), perChannel));
  }

  @Override
  public List<Operation> sum(Sum node) {
    return List.of(Operation.of("add", value(node), value(node.trunk), value(node.branch)));
  }

  /**
   * Forward and backward are average pooling's backward and forward. Both are several times faster
   * than ND4J's upsampling2d (1.0.0-M2.1), whose gradient is wrong in this layout.
   */
  @Override
  public List<Operation> upsample(Upsample node) {
    INDArray onlyItsShapeMatters = value(node);
    return List.of(pooling("avgpool2d_bp", value(node), onlyItsShapeMatters, value(node.x)));
  }

  static Operation pooling(String name, INDArray out, INDArray... inputs) {
    int unusedExtra = 0;
    return new Operation(
        name, inputs, new INDArray[] {out}, 2, 2, 2, 2, 0, 0, 1, 1, 0, unusedExtra, NHWC);
  }

  @Override
  public List<Operation> concatenation(Concatenation node) {
    return List.of(
        new Operation(
            "concat",
            new INDArray[] {value(node.a), value(node.b)},
            new INDArray[] {value(node)},
            3));
  }

  @Override
  public List<Operation> attention(Attention node) {
    Cell cell = cells.get(node.index());
    AttentionLoops loops = loops(node);
    return List.of(
        new Operation(
            () -> {
              float[] result = new float[(int) cell.value.length()];
              loops.forward(cell.n, value(node.x).data().asFloat(), result);
              Nd4jCompute.write(result, cell.value);
            }));
  }

  static AttentionLoops loops(Attention node) {
    return new AttentionLoops(node, (int) node.x.channels(), (int) node.channels());
  }

  @Override
  public List<Operation> flatten(Flatten node) {
    INDArray asImage = value(node).reshape('c', value(node.x).shape());
    return List.of(Operation.of("identity", asImage, value(node.x)));
  }
}
