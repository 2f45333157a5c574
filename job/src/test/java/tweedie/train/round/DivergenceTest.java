package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.LocalSpark;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.NonFiniteLossException;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.TrainSettings.Optimizer;
import tweedie.train.round.TrainingState.Position;

class DivergenceTest {

  private static final NetworkSettings NETWORK = Trained.network();

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");

  @TempDir Path directory;

  private static RoundMaster master(TrainingState from, TrainSettings settings) {
    return new RoundMaster(from, NETWORK, settings, 60, SPARK.context().sc().longAccumulator());
  }

  /** One round in which each shard is a worker's. */
  private static void train(RoundMaster master, Shard... shards) {
    List<RoundPlan.Share> shares = new java.util.ArrayList<>();
    for (Shard shard : shards) {
      shares.add(
          new RoundPlan.Share(
              new RoundPlan.Slice(shares.size(), 0, shard.images()),
              List.of(shard.path()),
              List.of()));
    }
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
    try {
      model.init();
      master.train(
          new SparkDl4jMultiLayer(SPARK.context(), model, master),
          new RoundPlan(shares, new Position(master.state().epoch() + 1, 0)),
          Trained.unkept(SPARK.context()));
    } finally {
      DenoiserLayer.free(model);
    }
  }

  private Shard good() throws IOException {
    return Trained.shard(directory, "part-00001", Trained.images(0, 6));
  }

  private Shard bad() throws IOException {
    List<LabeledImage> images = Trained.images(6, 6);
    images.get(4).pixels()[1] = Float.NaN;
    return Trained.shard(directory, "part-00002", images);
  }

  @Test
  void theRoundGoesOnWithoutADroppedWorker() throws IOException {
    TrainSettings drop = Trained.withDivergence(Trained.settings(2), OnDivergence.DROP_WORKER, 0);
    RoundMaster dropped = master(Trained.initial(NETWORK), drop);
    train(dropped, good(), bad());
    RoundMaster alone = master(Trained.initial(NETWORK), drop);
    train(alone, good());
    assertThat(dropped.state().parameters()).isEqualTo(alone.state().parameters());
    assertThat(dropped.state().moments()).isEqualTo(alone.state().moments());
    assertThat(dropped.state().images()).isEqualTo(6);
    assertThat(dropped.lastResults().get(1).divergence())
        .startsWith("The loss is NaN in round 1 (worker 1, shard ");
    RoundMetrics metrics = RoundMetrics.of(dropped, 1, 1);
    assertThat(metrics.droppedWorkers()).isEqualTo(1);
    assertThat(metrics.workers()).isEqualTo(1);
    assertThat(metrics.rollbacks()).isZero();
    assertThat(RoundMetrics.fromJson(metrics.toJson(), "metrics.jsonl")).isEqualTo(metrics);
  }

  @Test
  void trainingStopsWhenEveryWorkerIsDropped() throws IOException {
    TrainingState start = Trained.initial(NETWORK);
    RoundMaster master =
        master(start, Trained.withDivergence(Trained.settings(1), OnDivergence.DROP_WORKER, 0));
    Shard bad = bad();
    assertThatThrownBy(() -> train(master, bad))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageStartingWith("No worker of the round is left. The first said: The loss is NaN");
    assertThat(master.state()).isSameAs(start);
  }

  /** A rate at which the second step overflows, and its half and quarter. */
  @Test
  void aRoundIsTriedAgainAtHalfTheRateUntilItsNumbersAreFinite() throws IOException {
    Shard good = good();
    double tooHigh = highestFinite(good) * 3;
    TrainSettings rollback = Trained.withDivergence(rate(tooHigh), OnDivergence.ROLLBACK, 3);
    RoundMaster master = master(Trained.initial(NETWORK), rollback);
    train(master, good);
    assertThat(master.state().halvings()).isEqualTo(2);
    assertThat(master.lastRollbacks()).isEqualTo(2);
    assertThat(master.state().round()).isEqualTo(1);
    RoundMaster slow = master(Trained.initial(NETWORK), rate(tooHigh / 4));
    train(slow, good);
    assertThat(master.state().parameters()).isEqualTo(slow.state().parameters());
    RoundMetrics metrics = RoundMetrics.of(master, 1, 1);
    assertThat(metrics.rollbacks()).isEqualTo(2);
    assertThat(metrics.halvings()).isEqualTo(2);
  }

  /** A power of two at which one round is finite, while at its double it is not. */
  private static double highestFinite(Shard shard) {
    for (double rate = 1; ; rate *= 2) {
      try {
        train(master(Trained.initial(NETWORK), rate(2 * rate)), shard);
      } catch (Exception e) {
        assertThat(e).hasRootCauseInstanceOf(NonFiniteLossException.class);
        return rate;
      }
    }
  }

  private static TrainSettings rate(double rate) {
    return Trained.settings(
        1, new Optimizer(rate, 0, Decay.CONSTANT, 0.9, 0.999, 1e-8), new Ema(0, 0));
  }

  @Test
  void trainingStopsAfterSoManyRollbacksOfTheRun() throws IOException {
    RoundMaster master =
        master(
            Trained.initial(NETWORK),
            Trained.withDivergence(Trained.settings(1), OnDivergence.ROLLBACK, 2));
    Shard bad = bad();
    assertThatThrownBy(() -> train(master, bad))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageContaining("The loss is NaN in round 1")
        .hasMessageEndingWith(
            "The learning rate was halved 2 times already, which is train.max-rollbacks.");
    assertThat(master.state().round()).isZero();
  }

  @Test
  void aRoundFarAboveTheLossOfTheMeanPixelHasDiverged() throws IOException {
    Shard many = Trained.shard(directory, "part-00001", Trained.images(0, 60));
    double rate = 1;
    while (!refused(many, rate).contains("training diverged")) {
      assertThat(rate).as("a rate that diverges").isLessThan(1e6);
      rate *= 2;
    }
    assertThat(refused(many, rate))
        .startsWith("The mean loss of round 1 (worker 0) is ")
        .contains("times that of always answering with the mean pixel or the noisy image itself");
    assertThat(refused(many, 1e-3)).isEmpty();
  }

  private static String refused(Shard shard, double rate) {
    try {
      train(master(Trained.initial(NETWORK), rate(rate)), shard);
      return "";
    } catch (Exception e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      assertThat(root).isInstanceOf(NonFiniteLossException.class);
      return root.getMessage();
    }
  }
}
