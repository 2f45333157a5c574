package tweedie.train.round;

import java.util.Iterator;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import tweedie.network.NetworkSettings;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;

/**
 * {@link Worker} as a part of Spark jobs: it goes to executors without what the workers share, and
 * implements dl4j-spark's SPI for networks of layers.
 */
final class RoundWorker implements TrainingWorker<WorkerResult> {

  private static final long serialVersionUID = 1L;

  private final Broadcast<TrainingState> start;
  private final NetworkSettings network;
  private final TrainSettings settings;
  private final long imagesOfRun;
  private final LongAccumulator progress;

  private transient WorkerSteps steps;

  /**
   * A worker of a round of a run.
   *
   * @param start what this round's workers start from
   */
  RoundWorker(
      Broadcast<TrainingState> start,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress) {
    this.start = start;
    this.network = network;
    this.settings = settings;
    this.imagesOfRun = imagesOfRun;
    this.progress = progress;
  }

  /** Trains on a slice of these shards, in order. */
  WorkerResult train(RoundPlan.Slice slice, Iterator<ShardImages> shards) {
    return shards.hasNext()
        ? worker().train(slice, shards)
        : WorkerResult.withoutImages(slice.worker(), null);
  }

  private Worker worker() {
    return new Worker(start.value(), network, settings, imagesOfRun, progress);
  }

  /** What this round's workers start from. */
  Broadcast<TrainingState> start() {
    return start;
  }

  /**
   * Frees on all executors what this round's workers started from. On the driver, after the round.
   */
  void release() {
    start.destroy();
  }

  @Override
  public MultiLayerNetwork getInitialModel() {
    steps = worker().begin(0);
    return steps.model();
  }

  @Override
  public WorkerResult processMinibatch(DataSet minibatch, MultiLayerNetwork model, boolean isLast) {
    steps.fit(minibatch);
    return isLast ? getFinalResult(model) : null;
  }

  @Override
  public WorkerResult getFinalResult(MultiLayerNetwork model) {
    return steps.result(0);
  }

  @Override
  public WorkerResult getFinalResultNoData() {
    return WorkerResult.withoutImages(0, null);
  }

  @Override
  public void addHook(TrainingHook hook) {
    throw new UnsupportedOperationException(
        "Training hooks are not used; metrics.jsonl has what they would see");
  }

  @Override
  public void removeHook(TrainingHook hook) {
    // there are none
  }

  @Override
  public WorkerConfiguration getDataConfiguration() {
    return new WorkerConfiguration(
        false, (int) imagesOfRun, settings.batchSize(), settings.batchSize(), 0, false);
  }

  @Override
  public long getInstanceId() {
    return System.identityHashCode(this);
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> processMinibatchWithStats(
      DataSet minibatch, MultiLayerNetwork model, boolean isLast) {
    return new Pair<>(processMinibatch(minibatch, model, isLast), null);
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> getFinalResultWithStats(MultiLayerNetwork model) {
    return new Pair<>(getFinalResult(model), null);
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> getFinalResultNoDataWithStats() {
    return new Pair<>(getFinalResultNoData(), null);
  }

  @Override
  public ComputationGraph getInitialModelGraph() {
    throw noGraph();
  }

  @Override
  public WorkerResult processMinibatch(DataSet minibatch, ComputationGraph graph, boolean isLast) {
    throw noGraph();
  }

  @Override
  public WorkerResult processMinibatch(
      MultiDataSet minibatch, ComputationGraph graph, boolean isLast) {
    throw noGraph();
  }

  @Override
  public WorkerResult getFinalResult(ComputationGraph graph) {
    throw noGraph();
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> processMinibatchWithStats(
      DataSet minibatch, ComputationGraph graph, boolean isLast) {
    throw noGraph();
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> processMinibatchWithStats(
      MultiDataSet minibatch, ComputationGraph graph, boolean isLast) {
    throw noGraph();
  }

  @Override
  public Pair<WorkerResult, SparkTrainingStats> getFinalResultWithStats(ComputationGraph graph) {
    throw noGraph();
  }

  private static UnsupportedOperationException noGraph() {
    return new UnsupportedOperationException(
        "The denoising network is a MultiLayerNetwork, not a ComputationGraph");
  }
}
