package tweedie.train.round;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.device.ProcessMemory;
import tweedie.network.DenoiserLayer;
import tweedie.network.DenoiserLayerRuntime;
import tweedie.train.LearningRate;
import tweedie.train.LossByNoise;
import tweedie.train.Minibatch;
import tweedie.train.NonFiniteLossException;
import tweedie.train.Objective;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;

/**
 * The network that a worker trains in a round, and what it gathers from step to step. In native
 * memory, until it is closed.
 */
final class WorkerSteps implements AutoCloseable {

  /** A network begins below the loss of answers that know nothing, and ends far below it. */
  static final double MOST_OVER_USELESS = 100;

  /** Fewer are judged by their numbers being finite only. */
  static final int STEPS_TO_JUDGE = 10;

  private final TrainingState start;
  private final TrainSettings settings;
  private final int number;
  private final Objective objective;
  private final MultiLayerNetwork model;
  private final INDArray ema;
  private final LossByNoise losses = new LossByNoise();
  private final double variance;
  private long images;
  private int steps;

  /** The steps of a worker before its first; see {@link Worker}. */
  WorkerSteps(Worker worker, int number) {
    this.start = worker.start();
    this.settings = worker.settings();
    this.number = number;
    this.variance = Math.pow(worker.network().dataStd(), 2);
    this.objective = Objective.ofEpoch(settings, worker.network(), start.epoch());
    this.ema = Nd4j.createFromArray(start.ema());
    boolean afresh = settings.averaging().moments() == Moments.RESET;
    int stepsBefore = afresh ? 0 : start.steps();
    Adam adam =
        Adam.builder()
            .learningRateSchedule(learningRate(start, settings, worker.imagesOfRun(), stepsBefore))
            .beta1(settings.optimizer().beta1())
            .beta2(settings.optimizer().beta2())
            .epsilon(settings.optimizer().epsilon())
            .build();
    this.model = new MultiLayerNetwork(DenoiserLayer.configuration(worker.network(), adam));
    model.init(Nd4j.createFromArray(start.parameters()), false);
    float[] moments =
        afresh ? new float[2 * start.parameters().length] : RoundAverage.moments(start, number);
    model.setUpdater(new MultiLayerUpdater(model, Nd4j.createFromArray(moments)));
    // dl4j-spark's own worker loses this clock: learning-rate schedules and Adam's bias correction
    // would start anew each round
    model.setIterationCount(stepsBefore);
  }

  /** The learning rate of the round after a state, over its steps from {@code step} on. */
  static LearningRate learningRate(
      TrainingState start, TrainSettings settings, long imagesOfRun, int step) {
    return new LearningRate(
        settings.optimizer().slowed(start.halvings()),
        imagesOfRun,
        start.images(),
        step,
        (double) settings.batchSize() * settings.workers());
  }

  /**
   * One step on a minibatch.
   *
   * @throws NonFiniteLossException if it leaves numbers that are not finite
   */
  void take(Minibatch batch) {
    try (INDArray rows = batch.nativeRows();
        INDArray labels = batch.nativeLabels()) {
      model.fit(new DataSet(rows, labels));
    }
    average(batch.images());
    double[] loss = layer().losses();
    for (int i = 0; i < loss.length; i++) {
      if (!Double.isFinite(loss[i])) {
        throw nonFinite(batch, i, loss[i]);
      }
      double s = batch.noise().get(i).s();
      losses.add(s, objective.weight(s), loss[i]);
    }
    if (!Double.isFinite(model.getUpdater().getStateViewArray().sumNumber().doubleValue())) {
      // a finite loss can have a gradient whose square overflows: Adam would then stand still
      int worst =
          IntStream.range(0, loss.length).reduce((a, b) -> loss[b] > loss[a] ? b : a).orElseThrow();
      throw nonFinite(batch, worst, loss[worst]);
    }
  }

  /** A step of the moving average after one of Adam on n images. */
  private void average(int n) {
    double together = (double) n * settings.workers();
    double decay =
        settings.ema().decay(together, start.images() + (double) images * settings.workers());
    ema.muli(decay);
    Nd4j.getBlasWrapper().level1().axpy(ema.length(), 1 - decay, model.params(), ema);
    images += n;
    steps++;
  }

  /**
   * Where the steps have led.
   *
   * @param seconds that they took
   * @throws NonFiniteLossException if their losses are finite, and so large that nothing is learnt
   */
  WorkerResult result(double seconds) {
    if (images == 0) {
      return WorkerResult.withoutImages(number, null);
    }
    double over = losses.overUselessAnswers(variance);
    if (steps >= STEPS_TO_JUDGE && !(over <= MOST_OVER_USELESS)) {
      throw new NonFiniteLossException(start.round() + 1, number, losses.mean(), over);
    }
    return new WorkerResult(
        number,
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
        layer().engine(),
        null);
  }

  private NonFiniteLossException nonFinite(Minibatch batch, int i, double loss) {
    return new NonFiniteLossException(
        start.round() + 1,
        number,
        batch.origins().get(i).shard(),
        batch.origins().get(i).image(),
        batch.noise().get(i).s(),
        loss);
  }

  private DenoiserLayerRuntime layer() {
    return (DenoiserLayerRuntime) model.getOutputLayer();
  }

  @Override
  public void close() {
    DenoiserLayer.free(model);
    ema.close();
  }
}
