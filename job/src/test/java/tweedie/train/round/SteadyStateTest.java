package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.device.ProcessMemory;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputedBy;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.Objective;

/** Steps use the arrays of the steps before them. */
class SteadyStateTest {

  private static final int BATCH = 32;
  private static final int STEPS = 1000;

  private static final NetworkSettings NETWORK =
      new NetworkSettings(
          new ImageShape(28, 28, 1),
          Kind.UNET,
          List.of(2),
          0,
          1,
          0,
          0,
          4,
          Input.MEAN,
          1,
          Output.DENOISER,
          0.5,
          0.3,
          List.of());

  @ParameterizedTest
  @SuppressWarnings("try") // held
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void aThousandStepsTakeNoMoreNativeMemory(Choice engine) throws InterruptedException {
    try (ComputedBy computed = new ComputedBy(engine)) {
      takeAThousandSteps();
    }
  }

  private static void takeAThousandSteps() throws InterruptedException {
    Worker worker =
        new Worker(
            initial(), NETWORK, Trained.settings(1), Integer.MAX_VALUE, new LongAccumulator());
    Minibatch minibatch =
        Minibatch.of(images(), Objective.ofEpoch(Trained.settings(1), NETWORK, 0), NETWORK);
    try (WorkerSteps steps = worker.begin(0)) {
      take(steps, minibatch, STEPS / 4);
      long before = inUse();
      take(steps, minibatch, STEPS / 2);
      long between = inUse();
      take(steps, minibatch, STEPS / 2);
      long after = inUse();
      // what is lost in every step grows in both halves; Java's own memory grows when it likes
      assertThat(Math.min(between - before, after - between))
          .as("bytes off the heap; a minibatch lost in each step is four times the limit")
          .isLessThan(STEPS / 2 * (long) Float.BYTES * minibatch.rows().length / 4);
    }
  }

  /**
   * Bytes off the heap; what waits for Java's garbage collection, and then for ND4J, is not in use.
   */
  private static long inUse() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(200);
      least = Math.min(least, ProcessMemory.now().offHeapBytes());
    }
    return least;
  }

  private static void take(WorkerSteps steps, Minibatch minibatch, int count) {
    for (int i = 0; i < count; i++) {
      steps.take(minibatch);
    }
  }

  private static TrainingState initial() {
    try (Network untrained = new Network(NETWORK)) {
      return TrainingState.initial(untrained.initialParameters(1));
    }
  }

  private static List<Drawn> images() {
    List<Drawn> images = new ArrayList<>();
    for (long id = 0; id < BATCH; id++) {
      float[] pixels = new float[NETWORK.shape().dimension()];
      pixels[(int) id] = 1;
      images.add(new Drawn(new LabeledImage(id, -1, NETWORK.shape(), pixels), "shard"));
    }
    return images;
  }
}
