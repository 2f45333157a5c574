package tweedie.network.engine;

import java.util.function.Function;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.engine.onednn.Layout;
import tweedie.network.engine.onednn.OnednnCompute;
import tweedie.network.engine.torch.TorchCompute;
import tweedie.network.engine.torch.TorchOptions;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;

/** The engines that run on this machine's CPU. */
public enum TestedEngine implements Function<Graph, Compute> {
  ND4J(Nd4jCompute::new),
  ONEDNN_BLOCKED(graph -> new OnednnCompute(graph, Layout.BLOCKED)),
  ONEDNN_CHANNELS_LAST(graph -> new OnednnCompute(graph, Layout.CHANNELS_LAST)),
  TORCH(graph -> new TorchCompute(graph, TorchOptions.cpu()));

  private final Function<Graph, Compute> engine;

  TestedEngine(Function<Graph, Compute> engine) {
    this.engine = engine;
  }

  @Override
  public Compute apply(Graph graph) {
    return engine.apply(graph);
  }
}
