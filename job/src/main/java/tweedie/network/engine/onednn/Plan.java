package tweedie.network.engine.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tweedie.network.graph.Attention;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;

/**
 * Which values of a network are read by which operations, which of them stay for the backward pass,
 * and which operations are one.
 */
final class Plan {

  /** What a pass has to leave behind. */
  enum Purpose {
    /** Its output alone. */
    OUTPUT,
    /** What the gradient with respect to the first input needs. */
    INPUT_GRADIENT,
    /** What the gradient with respect to the parameters needs. */
    PARAMETER_GRADIENT
  }

  private final Graph graph;
  private final Purpose purpose;
  private final List<List<Node>> readers = new ArrayList<>();

  /**
   * Plans a graph.
   *
   * @throws IllegalArgumentException if something else than a convolution reads joined channels
   */
  Plan(Graph graph, Purpose purpose) {
    this.graph = graph;
    this.purpose = purpose;
    graph.nodes().forEach(node -> readers.add(new ArrayList<>()));
    for (Node node : graph.nodes()) {
      inputs(node).forEach(input -> readers.get(input.index()).add(node));
      boolean joined = node.inputs.stream().anyMatch(Concatenation.class::isInstance);
      if ((joined && !(node instanceof Convolution)) || graph.output() instanceof Concatenation) {
        throw new IllegalArgumentException("Only convolutions read joined channels");
      }
    }
  }

  /** The nodes whose values it reads: none for joined channels, whose parts are read instead. */
  List<Node> inputs(Node node) {
    if (node instanceof Concatenation) {
      return List.of();
    }
    return node.inputs.stream()
        .flatMap(
            input ->
                input instanceof Concatenation joined
                    ? joined.inputs.stream()
                    : List.of(input).stream())
        .toList();
  }

  /** The nodes that read its value. */
  List<Node> readers(Node node) {
    return readers.get(node.index());
  }

  boolean isReadOnce(Node node) {
    return readers(node).size() == 1 && node != graph.output();
  }

  /** Whether its value is needed after the forward pass, or written from outside. */
  boolean isKept(Node node) {
    return node instanceof GraphInput
        || node == graph.output()
        || (purpose != Purpose.OUTPUT
            && readers(node).stream()
                .anyMatch(reader -> reader instanceof Silu || reader instanceof Attention))
        || (purpose == Purpose.PARAMETER_GRADIENT
            && readers(node).stream()
                .anyMatch(
                    reader ->
                        reader instanceof Convolution
                            || reader instanceof Dense
                            || reader instanceof Scale));
  }

  /** Whether the step of its input computes this SiLU too. */
  boolean isFused(Node node) {
    return purpose == Purpose.OUTPUT
        && node instanceof Silu silu
        && silu.x instanceof Shift
        && isReadOnce(silu.x);
  }

  /** What the step of a convolution or dense layer adds to its own output, if anything. */
  Optional<Node> addedTo(Node node) {
    return (node instanceof Convolution || node instanceof Dense)
            && isReadOnce(node)
            && readers(node).get(0) instanceof Sum sum
            && sum.branch == node
            && sum.trunk.index() < node.index()
        ? Optional.of(sum.trunk)
        : Optional.empty();
  }
}
