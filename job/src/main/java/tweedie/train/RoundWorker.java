package tweedie.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
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
import tweedie.data.LabeledImage;
import tweedie.data.Shard;
import tweedie.data.ShardReader;
import tweedie.network.DenoiserLayer;
import tweedie.network.DenoiserLayerRuntime;
import tweedie.network.NativeThreads;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * One worker's round: it starts from the shared parameters, Adam moments and clock, takes a step of
 * Adam on the objective for each minibatch of its shards, and returns where it ended.
 *
 * <p>Implements dl4j-spark's SPI for networks of layers. All random numbers hang on the round and
 * the ids of the images, so a task that is repeated returns the same bits.
 */
final class RoundWorker implements TrainingWorker<WorkerResult> {

  private static final long serialVersionUID = 1L;

  private final Broadcast<TrainingState> start;
  private final NetworkSettings network;
  private final TrainSettings settings;
  private final long imagesOfRun;
  private final LongAccumulator progress;

  private transient Minibatch batch;
  private transient INDArray ema;
  private transient LossByNoise losses;
  private transient long images;
  private transient int steps;

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

  /**
   * Frees on all executors what this round's workers started from. On the driver, after the round.
   */
  void release() {
    start.destroy();
  }

  /** Trains on these shards, in order. */
  WorkerResult train(int worker, Iterator<String> shards) throws IOException {
    if (!shards.hasNext()) {
      return noImages(worker);
    }
    NativeThreads.use(settings.threadsPerWorker());
    long began = System.nanoTime();
    MultiLayerNetwork model = getInitialModel();
    try {
      while (shards.hasNext()) {
        String shard = shards.next();
        for (LabeledImage image : shuffled(shard)) {
          if (batch.add(image, shard)) {
            step(model, worker);
          }
        }
        if (!shards.hasNext() && batch.size() > 0) {
          step(model, worker);
        }
      }
      return images == 0
          ? noImages(worker)
          : result(model, worker, (System.nanoTime() - began) / 1e9);
    } finally {
      layer(model).release();
      model.close();
      ema.close();
    }
  }

  /** The images of a shard in the random order of this round. */
  private List<LabeledImage> shuffled(String shard) throws IOException {
    List<LabeledImage> inOrder = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(new Shard(shard, 0), hadoop())) {
      reader.forEachRemaining(inOrder::add);
    }
    if (inOrder.isEmpty()) {
      return inOrder;
    }
    int round = start.value().round();
    int[] order =
        Draws.of(settings.seed(), Purpose.ORDER, inOrder.get(0).id(), round)
            .permutation(inOrder.size());
    List<LabeledImage> shuffled = new ArrayList<>(order.length);
    for (int i : order) {
      shuffled.add(inOrder.get(i));
    }
    return shuffled;
  }

  /** Hadoop's configuration with what spark.hadoop.* says, as Spark itself makes it in a task. */
  private static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
  }

  private void step(MultiLayerNetwork model, int worker) {
    try (INDArray rows = batch.rows();
        INDArray labels = batch.labels()) {
      processMinibatch(new org.nd4j.linalg.dataset.DataSet(rows, labels), model, false);
    }
    double[] loss = layer(model).losses();
    for (int i = 0; i < loss.length; i++) {
      if (!Double.isFinite(loss[i])) {
        throw nonFinite(worker, i, loss[i]);
      }
      losses.add(batch.noise(i).s(), batch.weight(i), loss[i]);
    }
    if (!Double.isFinite(model.getUpdater().getStateViewArray().sumNumber().doubleValue())) {
      // a finite loss can have a gradient whose square overflows: Adam would then stand still
      int worst = indexOfLargest(loss);
      throw nonFinite(worker, worst, loss[worst]);
    }
    progress.add(batch.size());
    batch.clear();
  }

  private NonFiniteLossException nonFinite(int worker, int i, double loss) {
    return new NonFiniteLossException(
        start.value().round() + 1,
        worker,
        batch.shard(i),
        batch.imageId(i),
        batch.noise(i).s(),
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
    TrainingState state = start.value();
    batch = new Minibatch(settings, network, state.round());
    losses = new LossByNoise();
    images = 0;
    steps = 0;
    ema = Nd4j.createFromArray(state.ema());
    LearningRate learningRate =
        new LearningRate(
            settings.optimizer(),
            imagesOfRun,
            state.images(),
            state.steps(),
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
    model.setUpdater(new MultiLayerUpdater(model, Nd4j.createFromArray(state.moments())));
    // dl4j-spark's own worker loses this clock: learning-rate schedules and Adam's bias correction
    // would start anew each round
    model.setIterationCount(state.steps());
    return model;
  }

  /** One step of Adam on a minibatch, then one of the moving average. */
  @Override
  public WorkerResult processMinibatch(DataSet minibatch, MultiLayerNetwork model, boolean isLast) {
    model.fit(minibatch);
    int n = minibatch.numExamples();
    double together = (double) n * settings.workers();
    double decay =
        settings
            .ema()
            .decay(together, start.value().images() + (double) images * settings.workers());
    ema.muli(decay);
    Nd4j.getBlasWrapper().level1().axpy(ema.length(), 1 - decay, model.params(), ema);
    images += n;
    steps++;
    return isLast ? getFinalResult(model) : null;
  }

  @Override
  public WorkerResult getFinalResult(MultiLayerNetwork model) {
    return result(model, -1, 0);
  }

  private WorkerResult result(MultiLayerNetwork model, int worker, double seconds) {
    return new WorkerResult(
        worker,
        images,
        steps,
        model.params().data().asFloat(),
        model.getUpdater().getStateViewArray().data().asFloat(),
        ema.data().asFloat(),
        losses,
        seconds);
  }

  @Override
  public WorkerResult getFinalResultNoData() {
    return noImages(-1);
  }

  private static WorkerResult noImages(int worker) {
    return new WorkerResult(worker, 0, 0, null, null, null, new LossByNoise(), 0);
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
