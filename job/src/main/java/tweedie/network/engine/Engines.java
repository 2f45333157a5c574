package tweedie.network.engine;

import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;

/** Which engine runs networks here. */
public final class Engines {

  private Engines() {}

  /** The engine of this process for a network. */
  public static Compute compute(Graph graph) {
    return new Nd4jCompute(graph);
  }
}
