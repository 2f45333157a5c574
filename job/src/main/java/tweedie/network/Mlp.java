package tweedie.network;

import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;

/** Fully connected residual blocks with normalised weights, for vectors. */
final class Mlp {

  /** Magnitude of a block's branch against its trunk of 1. */
  static final double BRANCH = 0.43;

  private Mlp() {}

  /**
   * Adds the network to the graph; its output is of the length of a vector.
   *
   * @return the part up to the last block
   */
  static Graph build(
      Graph graph, NetworkSettings settings, Node vectors, Node embedding, Dropout dropout) {
    Node h = graph.add(new Dense(graph, vectors, "in", settings.hidden(), 1));
    for (int block = 0; block < settings.depth(); block++) {
      String name = "block" + block;
      Node shift = graph.add(new Dense(graph, embedding, name + ".noise", settings.hidden(), 1));
      Node b =
          graph.add(
              new Dense(graph, graph.add(new Silu(h)), name + ".first", settings.hidden(), 1));
      shift = dropout.shift(graph, graph.add(new Scale(graph, shift, name + ".noise.gain")));
      b = graph.add(new Shift(b, shift));
      b =
          graph.add(
              new Dense(
                  graph,
                  graph.add(new Silu(b)),
                  name + ".second",
                  settings.hidden(),
                  BRANCH * h.magnitude * dropout.gain()));
      h = graph.add(new Sum(h, b));
    }
    Graph blocks = graph.soFar();
    Node out =
        graph.add(new Dense(graph, graph.add(new Silu(h)), "out", settings.shape().dimension(), 1));
    graph.add(new Scale(graph, out, "out.gain"));
    return blocks;
  }
}
