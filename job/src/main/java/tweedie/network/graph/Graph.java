package tweedie.network.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import tweedie.score.Draws;

/**
 * The operations of one network, in order, with their parameters laid end to end in one flat
 * vector.
 *
 * <p>Built once from the architecture; {@link #allocate} then gives it arrays for a batch size.
 * Nothing is allocated in {@link #forward()} and {@link #backward()}.
 */
public final class Graph {

  private final List<Node> nodes = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private boolean learns;
  private int allocated;
  private boolean backwardAllocated;

  public <N extends Node> N add(N node) {
    nodes.add(node);
    return node;
  }

  Parameter parameter(String name, double initialStd, long... shape) {
    Parameter parameter = new Parameter(name, shape, initialStd);
    parameters.add(parameter);
    return parameter;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  public long parameterCount() {
    return parameters.stream().mapToLong(Parameter::length).sum();
  }

  /** Initial weights, [P], from the seed alone. */
  public float[] initialParameters(long seed, Draws.Purpose purpose) {
    float[] values = new float[Math.toIntExact(parameterCount())];
    int at = 0;
    for (int index = 0; index < parameters.size(); index++) {
      Parameter parameter = parameters.get(index);
      Draws draws = Draws.of(seed, purpose, index, 0);
      for (long i = 0; i < parameter.length(); i++) {
        values[at++] = (float) (parameter.initialStd * draws.gaussian());
      }
    }
    return values;
  }

  /**
   * Lets every parameter be a view of these flat vectors; where {@code gradients} is null, backward
   * computes the gradient of the images alone.
   */
  public void bind(INDArray values, INDArray gradients) {
    learns = gradients != null;
    long from = 0;
    for (Parameter parameter : parameters) {
      long to = from + parameter.length();
      parameter.value = view(values, from, to, parameter.shape);
      parameter.gradient = gradients == null ? null : view(gradients, from, to, parameter.shape);
      from = to;
    }
  }

  /** Whether backward computes the gradients of the parameters. */
  boolean learns() {
    return learns;
  }

  static INDArray view(INDArray flat, long from, long to, long... shape) {
    return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, to)).reshape('c', shape);
  }

  /** Number of values of all nodes together, for one example. */
  public long valuesPerExample() {
    return nodes.stream()
        .mapToLong(node -> Arrays.stream(node.shape).reduce(1, (a, b) -> a * b))
        .sum();
  }

  /** Makes the arrays fit n examples, forward only. */
  public void allocate(int n) {
    if (n != allocated) {
      release();
      nodes.forEach(node -> node.allocate(n));
      allocated = n;
    }
  }

  /**
   * Makes the arrays fit n examples, forward and backward. The gradient of the last node is for the
   * caller to write.
   */
  public void allocateBackward(int n) {
    allocate(n);
    if (!backwardAllocated) {
      nodes.get(nodes.size() - 1).claim(n);
      for (int i = nodes.size() - 1; i >= 0; i--) {
        if (nodes.get(i).gradient != null) {
          nodes.get(i).allocateBackward(n);
        }
      }
      backwardAllocated = true;
    }
  }

  public void forward() {
    for (Node node : nodes) {
      node.forward();
    }
  }

  public void backward() {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).gradient != null) {
        nodes.get(i).backward();
      }
    }
  }

  public void release() {
    nodes.forEach(Node::release);
    allocated = 0;
    backwardAllocated = false;
  }
}
