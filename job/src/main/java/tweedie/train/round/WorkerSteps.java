package tweedie.train.round;

import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.device.ProcessMemory;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.Engines;
import tweedie.train.LearningRate;
import tweedie.train.LossByNoise;
import tweedie.train.Minibatch;
import tweedie.train.MirrorConsistency;
import tweedie.train.NonFiniteLossException;
import tweedie.train.Objective;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.round.WorkerResult.Descent;

/**
 * The network that a worker trains in a round, and what it gathers from step to step. In native
 * memory or on a device, until it is closed.
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
  private final Stepper stepper;
  private final Optional<MirrorConsistency> consistency;
  private final LossByNoise losses = new LossByNoise();
  private final LearningRate rate;
  private final int stepsBefore;
  private final double variance;
  private long images;
  private int steps;
  private double gradientNorms;
  private int clipped;

  /** The steps of a worker before its first; see {@link Worker}. */
  WorkerSteps(Worker worker, int number) {
    this.start = worker.start();
    this.settings = worker.settings();
    this.number = number;
    this.variance = Math.pow(worker.network().dataStd(), 2);
    this.objective = Objective.ofEpoch(settings, worker.network(), start.epoch());
    boolean afresh = settings.averaging().moments() == Moments.RESET;
    this.stepsBefore = afresh ? 0 : start.steps();
    this.rate = learningRate(start, settings, worker.imagesOfRun(), stepsBefore);
    Adam adam =
        Adam.builder()
            .learningRateSchedule(rate)
            .beta1(settings.optimizer().beta1())
            .beta2(settings.optimizer().beta2())
            .epsilon(settings.optimizer().epsilon())
            .build();
    float[] moments =
        afresh ? new float[2 * start.parameters().length] : RoundAverage.moments(start, number);
    this.stepper =
        begin(
            worker.network(),
            adam,
            new Stepper.Start(start.parameters(), moments, start.ema(), stepsBefore),
            settings.optimizer().clip(),
            settings.regularization().dropout());
    this.consistency = MirrorConsistency.of(settings, worker.network());
  }

  private static Stepper begin(
      NetworkSettings network, Adam adam, Stepper.Start start, double clip, double dropout) {
    return Engines.learner()
        .<Stepper>map(engine -> new LearnerStepper(network, adam, start, clip, dropout, engine))
        .orElseGet(() -> new Dl4jStepper(network, adam, start, clip, dropout));
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
    double together = (double) batch.images() * settings.workers();
    double decay =
        settings.ema().decay(together, start.images() + (double) images * settings.workers());
    double[] loss = step(batch, decay);
    images += batch.images();
    steps++;
    gradientNorms += stepper.gradientNorm();
    clipped += stepper.gradientNorm() > settings.optimizer().clip() ? 1 : 0;
    for (int i = 0; i < loss.length; i++) {
      if (!Double.isFinite(loss[i])) {
        throw nonFinite(batch, i, loss[i]);
      }
      double s = batch.noise().get(i).s();
      losses.add(s, objective.weight(s), loss[i]);
    }
    if (!stepper.isFinite()) {
      // a finite loss can have a gradient whose square overflows: Adam would then stand still
      int worst =
          IntStream.range(0, loss.length).reduce((a, b) -> loss[b] > loss[a] ? b : a).orElseThrow();
      throw nonFinite(batch, worst, loss[worst]);
    }
  }

  /** The loss of each row, after a step on it. */
  private double[] step(Minibatch batch, double decay) {
    if (consistency.isEmpty()) {
      return stepper.step(batch, decay);
    }
    MirrorConsistency.Labelled labelled =
        consistency.get().labelled(batch, rows -> stepper.denoise(rows, batch.size()));
    double[] loss = stepper.step(labelled.batch(), decay);
    for (int i = 0; i < loss.length; i++) {
      loss[i] += labelled.rest()[i];
    }
    return loss;
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
        stepper.parameters(),
        settings.averaging().moments() == Moments.RESET ? null : stepper.moments(),
        stepper.ema(),
        losses,
        new Descent(
            rate.valueAt(stepsBefore + steps - 1, 0),
            gradientNorms / steps,
            settings.optimizer().clip() > 0 ? (double) clipped / steps : null),
        seconds,
        ProcessMemory.now(),
        stepper.engine(),
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

  @Override
  public void close() {
    stepper.close();
  }
}
