package tweedie.network.engine.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
 * ND4J's operations that give the gradient of a node on to its inputs and parameters, in order.
 * Visited in the order of the backward pass, so that a node's consumers have claimed their parts of
 * its gradient before its own turn.
 *
 * @param cells of all nodes, by their index, whose forward operations are made
 * @param gradients of the parameters; null if they are not asked for
 */
record Backward(List<Cell> cells, Function<Parameter, INDArray> gradients)
    implements Node.Visitor<List<Operation>> {

  private Cell cell(Node node) {
    return cells.get(node.index());
  }

  private boolean learns() {
    return gradients != null;
  }

  @Override
  public List<Operation> input(GraphInput node) {
    return List.of();
  }

  @Override
  public List<Operation> dense(Dense node) {
    Cell cell = cell(node);
    return giving(
        node.x,
        (ofInput, operations) -> {
          operations.add(Forward.product(cell.gradient, 0, cell.weight, 1, ofInput));
          if (learns()) {
            INDArray ofWeight = cell.array(cell.weight.shape());
            operations.add(Forward.product(cell(node.x).value, 1, cell.gradient, 0, ofWeight));
            operations.addAll(unnormalizing(cell, node.weights, ofWeight));
          }
        });
  }

  @Override
  public List<Operation> convolution(Convolution node) {
    Cell cell = cell(node);
    boolean square = node.x.shape[0] == node.x.shape[1] && node.x.shape[0] % node.stride == 0;
    return giving(
        node.x,
        (ofInput, operations) -> {
          if (square && !learns()) {
            operations.add(inputBackward(node, ofInput));
            return;
          }
          INDArray ofWeight = cell.array(cell.weight.shape());
          INDArray[] from = {cell(node.x).value, cell.weight, cell.gradient};
          operations.add(Forward.convolution("conv2d_bp", node, from, ofInput, ofWeight));
          if (learns()) {
            operations.addAll(unnormalizing(cell, node.weights, ofWeight));
          }
        });
  }

  /**
   * The gradient of a convolution of square images with respect to its input alone: the same
   * numbers as conv2d_bp, which always computes that of the weights too, in less than half the
   * time. Of images that are not square it makes nonsense, and it refuses a stride that leaves a
   * remainder. ND4J's deconv2d and conv2d_input_bp work without oneDNN, 10 to 100 times slower.
   */
  private Operation inputBackward(Convolution node, INDArray ofInput) {
    Cell cell = cell(node);
    int[] shape = Arrays.stream(cell(node.x).value.shape()).mapToInt(Math::toIntExact).toArray();
    return Forward.convolution(
        "deconv2d_tf",
        node,
        new INDArray[] {Nd4j.createFromArray(shape), cell.weight, cell.gradient},
        ofInput);
  }

  /** From the gradient with respect to normalised weights to that of the raw ones. */
  private List<Operation> unnormalizing(Cell cell, Weights weights, INDArray ofWeight) {
    long[] shape = {weights.inputs(), weights.outputs()};
    double length = weights.length();
    INDArray matrix = cell.weight.reshape('c', shape);
    INDArray g = ofWeight.reshape('c', shape);
    INDArray scratch = cell.array(shape);
    INDArray projection = cell.array(1, weights.outputs());
    return List.of(
        Operation.of("multiply", scratch, matrix, g),
        Operation.sum(scratch, projection.reshape(weights.outputs()), 0),
        Operation.of("divide", projection, projection, cell.scalar(length * length)),
        Operation.of("multiply", scratch, matrix, projection),
        Operation.of("subtract", g, g, scratch),
        Operation.of(
            "divide", gradients.apply(weights.raw()).reshape('c', shape), g, cell.lengths));
  }

  /**
   * The derivative is sigmoid (1 - value) + value. The gradient of ND4J's swish (1.0.0-M2.1) is NaN
   * from 45 on.
   */
  @Override
  public List<Operation> silu(Silu node) {
    Cell cell = cell(node);
    return giving(
        node.x,
        (derivative, operations) -> {
          operations.add(Operation.of("multiply", derivative, cell.sigmoid, cell.value));
          operations.add(Operation.of("subtract", derivative, cell.sigmoid, derivative));
          operations.add(Operation.of("add", derivative, derivative, cell.value));
          operations.add(Operation.of("multiply", derivative, derivative, cell.gradient));
        });
  }

  @Override
  public List<Operation> scale(Scale node) {
    Cell cell = cell(node);
    return giving(
        node.x,
        (ofInput, operations) -> {
          operations.add(Operation.of("multiply", ofInput, cell.gradient, cell.weight));
          if (learns()) {
            INDArray product = cell.array(node.batch(cell.n));
            INDArray ofFactor = gradients.apply(node.factor).reshape();
            operations.add(Operation.of("multiply", product, cell.gradient, cell(node.x).value));
            operations.add(Operation.of("reduce_sum", ofFactor, product));
          }
        });
  }

  @Override
  public List<Operation> shift(Shift node) {
    Cell cell = cell(node);
    cell(node.x).share(cell.gradient);
    if (!learns()) { // what stands behind the embedding does not depend on the images
      return List.of();
    }
    return giving(
        node.embedding,
        (ofEmbedding, operations) ->
            operations.add(
                node.shape.length == 1
                    ? Operation.of("identity", ofEmbedding, cell.gradient)
                    : Operation.sum(cell.gradient, ofEmbedding, 1, 2)));
  }

  /**
   * The trunk was there before the branch, so backward the branch has read the gradient by the time
   * that the trunk's other consumers add to it.
   */
  @Override
  public List<Operation> sum(Sum node) {
    Cell cell = cell(node);
    cell(node.branch).share(cell.gradient);
    return cell(node.trunk).share(cell.gradient)
        ? List.of()
        : giving(
            node.trunk,
            (ofInput, operations) ->
                operations.add(Operation.of("identity", ofInput, cell.gradient)));
  }

  @Override
  public List<Operation> upsample(Upsample node) {
    return giving(
        node.x,
        (ofInput, operations) ->
            operations.add(Forward.pooling("avgpool2d", ofInput, cell(node).gradient)));
  }

  @Override
  public List<Operation> concatenation(Concatenation node) {
    List<Operation> sums = new ArrayList<>();
    INDArray[] from = {cell(node.a).value, cell(node.b).value, cell(node).gradient};
    INDArray[] to = {cell(node.a).claim(sums), cell(node.b).claim(sums)};
    List<Operation> operations = new ArrayList<>(List.of(new Operation("concat_bp", from, to, 3)));
    operations.addAll(sums);
    return operations;
  }

  @Override
  public List<Operation> attention(Attention node) {
    Cell cell = cell(node);
    AttentionLoops loops = Forward.loops(node);
    return giving(
        node.x,
        (ofInput, operations) ->
            operations.add(
                new Operation(
                    () -> {
                      float[] result = new float[(int) ofInput.length()];
                      loops.backward(
                          cell.n,
                          cell(node.x).value.data().asFloat(),
                          cell.gradient.data().asFloat(),
                          result);
                      Nd4jCompute.write(result, ofInput);
                    })));
  }

  @Override
  public List<Operation> flatten(Flatten node) {
    INDArray asImage = cell(node).gradient.reshape('c', cell(node.x).value.shape());
    return giving(
        node.x,
        (ofInput, operations) -> operations.add(Operation.of("identity", ofInput, asImage)));
  }

  /**
   * Operations that write one input's part of the gradient, and whatever else comes of the node;
   * then the sum with the parts of others.
   */
  private List<Operation> giving(Node input, BiConsumer<INDArray, List<Operation>> written) {
    List<Operation> sums = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    written.accept(cell(input).claim(sums), operations);
    operations.addAll(sums);
    return operations;
  }
}
