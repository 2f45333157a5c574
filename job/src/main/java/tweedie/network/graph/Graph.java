package tweedie.network.graph;

import java.util.ArrayList;
import java.util.List;
import tweedie.score.Draws;

/**
 * The description of one network: its operations in order, the last of them its output, with their
 * parameters laid end to end in one flat vector. A {@link Compute} runs it.
 */
public final class Graph {

  private final List<Node> nodes = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private long parameterCount;

  public <N extends Node> N add(N node) {
    node.placeAt(nodes.size());
    nodes.add(node);
    return node;
  }

  Parameter parameter(String name, double initialStd, long... shape) {
    Parameter parameter = new Parameter(name, shape, parameterCount, initialStd);
    parameters.add(parameter);
    parameterCount += parameter.length();
    return parameter;
  }

  /** The operations, in the order in which they run. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The operation that is computed last. */
  public Node output() {
    return nodes.get(nodes.size() - 1);
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  public long parameterCount() {
    return parameterCount;
  }

  /**
   * What was added so far as a graph of its own, whose output is the last of it; what is added here
   * later is not in it. Its parameters are the first of this graph's flat vector.
   */
  public Graph soFar() {
    Graph part = new Graph();
    part.nodes.addAll(nodes);
    part.parameters.addAll(parameters);
    part.parameterCount = parameterCount;
    return part;
  }

  /** Initial weights, [P], from the seed alone. */
  public float[] initialParameters(long seed, Draws.Purpose purpose) {
    float[] values = new float[Math.toIntExact(parameterCount)];
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

  /** Number of values of all nodes together, for one example. */
  public long valuesPerExample() {
    return nodes.stream().mapToLong(Node::length).sum();
  }
}
