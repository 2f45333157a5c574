package tweedie.network.engine.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Parameter;

/** Runs a network by ND4J's operations, on the CPU or on ND4J's GPU. */
public final class Nd4jCompute implements Compute {

  private final Graph graph;
  private INDArray parameters;
  private INDArray gradients;
  private final List<Cell> cells = new ArrayList<>();
  private final List<Operation> normalizing = new ArrayList<>();
  private final List<Operation> forward = new ArrayList<>();
  private final List<Operation> backward = new ArrayList<>();
  private int allocated;
  private boolean normalized;

  public Nd4jCompute(Graph graph) {
    this.graph = graph;
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    close();
    this.parameters = parameters;
    this.gradients = gradients;
  }

  @Override
  public void forward(int n, float[] out, float[]... inputs) {
    allocate(n);
    run(out, inputs);
  }

  @Override
  public void forwardAndKeep(int n, float[] out, float[]... inputs) {
    allocate(n);
    if (backward.isEmpty()) {
      allocateBackward();
    }
    run(out, inputs);
  }

  private void run(float[] out, float[]... inputs) {
    int input = 0;
    for (Cell cell : cells) {
      if (cell.node instanceof GraphInput) {
        write(inputs[input++], cell.value);
      }
    }
    if (gradients != null || !normalized) {
      normalizing.forEach(Operation::run);
      normalized = true;
    }
    forward.forEach(Operation::run);
    System.arraycopy(value(graph.output()), 0, out, 0, out.length);
  }

  @Override
  public void backward(int n, float[] gradient) {
    write(gradient, cells.get(graph.output().index()).gradient);
    backward.forEach(Operation::run);
  }

  @Override
  public float[] inputGradient() {
    if (gradients != null) {
      throw new IllegalStateException("The gradients of the parameters are bound");
    }
    return cells.stream()
        .filter(cell -> cell.node instanceof GraphInput)
        .findFirst()
        .orElseThrow()
        .gradient
        .data()
        .asFloat();
  }

  /** The value of a node after the last forward pass, [n, ..]. */
  public float[] value(Node node) {
    return cells.get(node.index()).value.data().asFloat();
  }

  private void allocate(int n) {
    if (n != allocated) {
      close();
      graph.nodes().forEach(node -> cells.add(new Cell(node, n)));
      Forward operations = new Forward(cells, views(parameters), normalizing);
      graph.nodes().forEach(node -> forward.addAll(node.accept(operations)));
      allocated = n;
    }
  }

  private void allocateBackward() {
    List<Operation> sums = new ArrayList<>(); // none: the output has no consumer
    cells.get(graph.output().index()).claim(sums);
    Backward operations = new Backward(cells, gradients == null ? null : views(gradients));
    for (int i = cells.size() - 1; i >= 0; i--) {
      if (cells.get(i).gradient != null) {
        backward.addAll(cells.get(i).node.accept(operations));
      }
    }
  }

  private static Function<Parameter, INDArray> views(INDArray flat) {
    return parameter ->
        flat.reshape(flat.length())
            .get(NDArrayIndex.interval(parameter.offset, parameter.offset + parameter.length()))
            .reshape('c', parameter.shape);
  }

  static void write(float[] values, INDArray target) {
    try (INDArray source = Nd4j.createFromArray(values)) {
      target.assign(source.reshape('c', target.shape()));
    }
  }

  @Override
  public String describe() {
    return "ND4J " + Nd4j.getBackend().getClass().getSimpleName();
  }

  @Override
  public void close() {
    cells.forEach(Cell::release);
    cells.clear();
    normalizing.clear();
    forward.clear();
    backward.clear();
    allocated = 0;
    normalized = false;
  }
}
