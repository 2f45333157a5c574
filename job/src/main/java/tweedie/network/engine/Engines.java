package tweedie.network.engine;

import java.util.Optional;
import java.util.function.Function;
import tweedie.device.DeviceException;
import tweedie.device.Processor;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputeSettings.LayoutChoice;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.engine.onednn.Layout;
import tweedie.network.engine.onednn.OnednnCompute;
import tweedie.network.engine.onednn.OnednnLibrary;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;

/** Which engine runs networks here. */
public final class Engines {

  private Engines() {}

  /**
   * The engine for a network in this process, as {@link ComputeSettings} says.
   *
   * @throws DeviceException if the one that is asked for cannot run here
   */
  public static Compute compute(Graph graph) {
    ComputeSettings settings = ComputeSettings.here();
    return switch (chosen(settings.engine())) {
      case ONEDNN -> new OnednnCompute(graph, layout(settings.layout()));
      default -> new Nd4jCompute(graph);
    };
  }

  /**
   * Finds out whether networks can be computed here.
   *
   * @throws DeviceException if the engine that is asked for cannot run here
   */
  public static void check() {
    chosen(ComputeSettings.here().engine());
  }

  /** Another engine, which runs on this machine's CPU; empty where there is none. */
  public static Optional<Function<Graph, Compute>> reference() {
    if (chosen(ComputeSettings.here().engine()) != Choice.ND4J) {
      return Optional.of(Nd4jCompute::new);
    }
    return OnednnLibrary.refusal(Processor.present()).isPresent()
        ? Optional.empty()
        : Optional.of(graph -> new OnednnCompute(graph, Layout.BLOCKED));
  }

  private static Choice chosen(Choice asked) {
    Optional<String> refusal = OnednnLibrary.refusal(Processor.present());
    if (asked == Choice.AUTO) {
      return refusal.isPresent() ? Choice.ND4J : Choice.ONEDNN;
    }
    if (asked == Choice.ONEDNN && refusal.isPresent()) {
      throw new DeviceException(refusal.get());
    }
    return asked;
  }

  private static Layout layout(LayoutChoice asked) {
    return asked == LayoutChoice.CHANNELS_LAST ? Layout.CHANNELS_LAST : Layout.BLOCKED;
  }
}
