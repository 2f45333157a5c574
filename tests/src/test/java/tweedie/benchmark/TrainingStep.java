package tweedie.benchmark;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tweedie.train.round.BareWorker;
import tweedie.whole.Configured;

/**
 * A step of training as a worker of a job takes it: forward, backward, Adam, moving average, checks
 * for numbers that are not finite. The minibatch is ready, or drawn on another thread.
 */
@State(Scope.Thread)
public class TrainingStep implements Subject {

  /** Where minibatches come from. */
  public enum Minibatches {
    /** Memory. */
    READY,
    /** Another thread, which draws noise for them as in a job. */
    DRAWN
  }

  @Param({"seed", "mnist"})
  public String preset;

  @Param("64")
  public int batch;

  @Param("1")
  public int copies = 1;

  @Param("mean")
  public String input = "mean";

  @Param("READY")
  public Minibatches minibatches = Minibatches.READY;

  @Param("0")
  public int threads;

  @Param("auto")
  public String engine = "auto";

  private BareWorker worker;
  private BareWorker.Steps steps;

  @Override
  @Setup
  public void begin() {
    Benchmarked.computedBy(engine);
    Configured configured =
        Benchmarked.preset(
            preset,
            "tweedie.train.batch-size=" + batch,
            "tweedie.train.threads-per-worker=" + threads,
            "tweedie.noise.copies=" + copies,
            "tweedie.model.input=" + input);
    worker =
        new BareWorker(
            configured.network(Benchmarked.SHAPE), configured.training(), Integer.MAX_VALUE);
    var images = Benchmarked.images(4 * batch);
    steps =
        switch (minibatches) {
          case READY -> worker.onReady(images);
          case DRAWN -> worker.onDrawnAhead(images);
        };
  }

  @Override
  @Benchmark
  public int run() {
    return steps.next();
  }

  @Override
  @TearDown
  public void close() {
    steps.close();
    worker.close();
  }
}
