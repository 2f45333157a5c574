package tweedie.driver.train;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import tweedie.train.round.RoundMetrics;

/**
 * The last round's numbers as gauges of Spark's metrics system, on the driver, for whatever sinks
 * it has: /metrics/json, Prometheus, Graphite. NaN before the first round and where a round has
 * none.
 */
final class RoundGauges implements Source, AutoCloseable {

  private final MetricRegistry registry = new MetricRegistry();
  private final AtomicReference<RoundMetrics> last = new AtomicReference<>();

  private RoundGauges() {
    gauge("round", RoundMetrics::round);
    gauge("epoch", RoundMetrics::epoch);
    gauge("imagesSeen", RoundMetrics::imagesSeen);
    gauge("loss", RoundMetrics::loss);
    gauge("validationLoss", RoundMetrics::validationLoss);
    gauge("learningRate", RoundMetrics::learningRate);
    gauge("gradientNorm", RoundMetrics::gradientNorm);
    gauge("clippedShare", RoundMetrics::clippedShare);
    gauge("imagesPerSecond", RoundMetrics::imagesPerSecond);
    gauge("seconds", RoundMetrics::seconds);
    gauge("drift", RoundMetrics::drift);
    gauge("workerCosine", RoundMetrics::workerCosine);
    gauge("gradientNoiseScale", RoundMetrics::gradientNoiseScale);
    gauge("workers", RoundMetrics::workers);
    gauge("droppedWorkers", RoundMetrics::droppedWorkers);
    gauge("halvings", RoundMetrics::halvings);
    gauge("workerBytes", RoundMetrics::workerBytes);
    gauge("driverBytes", RoundMetrics::driverBytes);
    gauge("workerOffHeapBytes", RoundMetrics::workerOffHeapBytes);
    gauge("driverOffHeapBytes", RoundMetrics::driverOffHeapBytes);
  }

  private void gauge(String name, Function<RoundMetrics, Number> number) {
    registry.register(
        name,
        (Gauge<Double>)
            () -> {
              RoundMetrics round = last.get();
              Number value = round == null ? null : number.apply(round);
              return value == null ? Double.NaN : value.doubleValue();
            });
  }

  /** A source that Spark's sinks see until it is closed. */
  static RoundGauges register() {
    RoundGauges source = new RoundGauges();
    SparkEnv.get().metricsSystem().registerSource(source);
    return source;
  }

  /** Shows the numbers of this round from now on. */
  void show(RoundMetrics round) {
    last.set(round);
  }

  @Override
  public String sourceName() {
    return "tweedie";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv.get().metricsSystem().removeSource(this);
  }
}
