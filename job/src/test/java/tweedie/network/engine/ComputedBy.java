package tweedie.network.engine;

import org.apache.spark.SparkEnv;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputeSettings.LayoutChoice;
import tweedie.network.graph.Precision;

/** Has this process compute networks by another engine until it is closed. */
public final class ComputedBy implements AutoCloseable {

  public ComputedBy(Choice engine) {
    set(new ComputeSettings(engine, LayoutChoice.AUTO, Precision.FLOAT32, true, false));
  }

  private static void set(ComputeSettings settings) {
    ComputeSettings.useOutsideSpark(settings);
    if (SparkEnv.get() != null) { // the context that tests of this process share
      settings.asSpark().forEach(SparkEnv.get().conf()::set);
    }
  }

  @Override
  public void close() {
    set(ComputeSettings.DEFAULT);
  }
}
