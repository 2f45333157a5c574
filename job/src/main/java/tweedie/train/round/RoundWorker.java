package tweedie.train.round;

import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.device.ProcessMemory;
import tweedie.device.TaskResources;
import tweedie.network.DenoiserLayer;
import tweedie.network.DenoiserLayerRuntime;
import tweedie.network.NetworkSettings;
import tweedie.train.LearningRate;
import tweedie.train.LossByNoise;
import tweedie.train.Minibatch;
import tweedie.train.Minibatches;
import tweedie.train.NonFiniteLossException;
import tweedie.train.Objective;
import tweedie.train.Prefetched;
import tweedie.train.ShardImages;
import tweedie.train.ShuffledImages;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.OnDivergence;

/**
 * One worker's round: it starts from the shared parameters, Adam moments and clock, takes a step of
 * Adam on the objective for each minibatch of its shards, and returns where it ended.
 *
 * <p>Implements dl4j-spark's SPI for networks of layers. All random numbers hang on the round and
 * the ids of the images, so a task that is repeated returns the same bits.
 */
final class RoundWorker implements TrainingWorker<WorkerResult> {

  private static final long serialVersionUID = 1L;

  /** Minibatches held ready while one trains; more would not come sooner. */
  private static final int PREFETCHED = 2;

  private final Broadcast<TrainingState> shared;
  private final TrainingState local;
  private final NetworkSettings network;
  private final TrainSettings settings;
  private final long imagesOfRun;
  private final LongAccumulator progress;

  private transient Objective objective;
  private transient int worker;
  private transient INDArray ema;
  private transient LossByNoise losses;
  private transient long images;
  private transient int steps;

  /** A worker of a round of a run, which starts from what all its workers share. */
  RoundWorker(
      Broadcast<TrainingState> shared,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress) {
    this(shared, null, network, settings, imagesOfRun, progress);
  }

  /** A worker that trains where it was made. */
  RoundWorker(
      TrainingState local,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress) {
    this(null, local, network, settings, imagesOfRun, progress);
  }

  private RoundWorker(
      Broadcast<TrainingState> shared,
      TrainingState local,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress) {
    this.shared = shared;
    this.local = local;
    this.network = network;
    this.settings = settings;
    this.imagesOfRun = imagesOfRun;
    this.progress = progress;
  }

  /** What this round's workers start from. */
  Broadcast<TrainingState> start() {
    return shared;
  }

  private TrainingState begin() {
    return shared == null ? local : shared.value();
  }

  /**
   * Frees on all executors what this round's workers started from. On the driver, after the round.
   */
  void release() {
    shared.destroy();
  }

  /** Trains on a slice of the shards with these paths, in order. */
  WorkerResult train(RoundPlan.Slice slice, Iterator<String> shards) {
    return trainOn(slice, ShardImages.read(shards, hadoop()));
  }

  /** Trains on a slice of these shards, in order. */
  WorkerResult trainOn(RoundPlan.Slice slice, Iterator<ShardImages> shards) {
    worker = slice.worker();
    if (!shards.hasNext()) {
      return noImages();
    }
    TaskResources.take(settings.threadsPerWorker());
    long began = System.nanoTime();
    MultiLayerNetwork model = getInitialModel();
    ShuffledImages shuffled = new ShuffledImages(shards, slice.skip(), slice.images(), settings.seed(), begin().epoch());
    try (Prefetched<Minibatch> ready = ahead(shuffled)) {
      while (ready.hasNext()) {
        step(model, ready.next());
      }
      return images == 0 ? noImages() : result(model, (System.nanoTime() - began) / 1e9);
    } catch (NonFiniteLossException e) {
      if (settings.onDivergence() == OnDivergence.FAIL) {
        throw e;
      }
      return WorkerResult.diverged(worker, e);
    } finally {
      free(model);
    }
  }

  /** Frees the native memory of the model of {@link #getInitialModel}, and what goes with it. */
  void free(MultiLayerNetwork model) {
    layer(model).release();
    model.close();
    ema.close();
  }

  /** Hadoop's configuration with what spark.hadoop.* says, as Spark itself makes it in a task. */
  static Configuration hadoop() {
    return TaskResources.hadoop();
  }

  /** The minibatches of these images, read and made noisy on another thread. */
  Prefetched<Minibatch> ahead(Iterator<Minibatch.Drawn> images) {
    return new Prefetched<>(minibatches(images), PREFETCHED);
  }

  /** The minibatches of these images, made noisy when they are asked for. */
  Minibatches minibatches(Iterator<Minibatch.Drawn> images) {
    Objective ofEpoch = Objective.ofEpoch(settings, network, begin().epoch());
    return new Minibatches(images, settings.batchSize(), settings.reference(), ofEpoch, network);
  }

  /** One step on a minibatch, which must leave finite numbers. */
  void step(MultiLayerNetwork model, Minibatch batch) {
    try (INDArray rows = batch.nativeRows();
        INDArray labels = batch.nativeLabels()) {
      processMinibatch(new org.nd4j.linalg.dataset.DataSet(rows, labels), model, false);
    }
    double[] loss = layer(model).losses();
    for (int i = 0; i < loss.length; i++) {
      if (!Double.isFinite(loss[i])) {
        throw nonFinite(batch, i, loss[i]);
      }
      double s = batch.noise().get(i).s();
      losses.add(s, objective.weight(s), loss[i]);
    }
    if (!Double.isFinite(model.getUpdater().getStateViewArray().sumNumber().doubleValue())) {
      // a finite loss can have a gradient whose square overflows: Adam would then stand still
      int worst = indexOfLargest(loss);
      throw nonFinite(batch, worst, loss[worst]);
    }
    progress.add(batch.images());
  }

  private NonFiniteLossException nonFinite(Minibatch batch, int i, double loss) {
    return new NonFiniteLossException(
        begin().round() + 1,
        worker,
        batch.origins().get(i).shard(),
        batch.origins().get(i).image(),
        batch.noise().get(i).s(),
        loss);
  }

  private static int indexOfLargest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }

  @Override
  public MultiLayerNetwork getInitialModel() {
    TrainingState state = begin();
    boolean afresh = settings.averaging().moments() == Moments.RESET;
    int stepsBefore = afresh ? 0 : state.steps();
    objective = Objective.ofEpoch(settings, network, state.epoch());
    losses = new LossByNoise();
    images = 0;
    steps = 0;
    ema = Nd4j.createFromArray(state.ema());
    LearningRate learningRate =
        new LearningRate(
            settings.optimizer().slowed(state.halvings()),
            imagesOfRun,
            state.images(),
            stepsBefore,
            (double) settings.batchSize() * settings.workers());
    Adam adam =
        Adam.builder()
            .learningRateSchedule(learningRate)
            .beta1(settings.optimizer().beta1())
            .beta2(settings.optimizer().beta2())
            .epsilon(settings.optimizer().epsilon())
            .build();
    MultiLayerNetwork model = new MultiLayerNetwork(DenoiserLayer.configuration(network, adam));
    model.init(Nd4j.createFromArray(state.parameters()), false);
    float[] moments =
        afresh ? new float[2 * state.parameters().length] : RoundAverage.moments(state, worker);
    model.setUpdater(new MultiLayerUpdater(model, Nd4j.createFromArray(moments)));
    // dl4j-spark's own worker loses this clock: learning-rate schedules and Adam's bias correction
    // would start anew each round
    model.setIterationCount(stepsBefore);
    return model;
  }

  /** One step of Adam on a minibatch, then one of the moving average. */
  @Override
  public WorkerResult processMinibatch(DataSet minibatch, MultiLayerNetwork model, boolean isLast) {
    model.fit(minibatch);
    int n = minibatch.numExamples() / settings.draws();
    double together = (double) n * settings.workers();
    double decay =
        settings.ema().decay(together, begin().images() + (double) images * settings.workers());
    ema.muli(decay);
    Nd4j.getBlasWrapper().level1().axpy(ema.length(), 1 - decay, model.params(), ema);
    images += n;
    steps++;
    return isLast ? getFinalResult(model) : null;
  }

  @Override
  public WorkerResult getFinalResult(MultiLayerNetwork model) {
    return result(model, 0);
  }

  private WorkerResult result(MultiLayerNetwork model, double seconds) {
    return new WorkerResult(
        worker,
        images,
        steps,
        model.params().data().asFloat(),
        settings.averaging().moments() == Moments.RESET
            ? null
            : model.getUpdater().getStateViewArray().data().asFloat(),
        ema.data().asFloat(),
        losses,
        seconds,
        ProcessMemory.now(),
        null);
  }

  @Override
  public WorkerResult getFinalResultNoData() {
    return noImages();
  }

  private WorkerResult noImages() {
    return WorkerResult.withoutImages(worker);
  }

  private static DenoiserLayerRuntime layer(MultiLayerNetwork model) {
    return (DenoiserLayerRuntime) model.getOutputLayer();
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
