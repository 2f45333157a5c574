package tweedie.network.engine;

import java.util.Optional;
import java.util.function.Function;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Learner;

/** Which engine runs networks here. */
public final class Engines {

  private Engines() {}

  /** The engine of this process for a network. */
  public static Compute compute(Graph graph) {
    return new Nd4jCompute(graph);
  }

  /** What trains networks on a device of this process; empty where DL4J does. */
  public static Optional<Function<Graph, Learner>> learner() {
    return Optional.empty();
  }
}
