package tweedie.train.round;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.MayBeAbsent;
import tweedie.device.ProcessMemory;
import tweedie.train.LossByNoise;
import tweedie.train.round.WorkerResult.Descent;

/**
 * One line of metrics.jsonl.
 *
 * @param round rounds done, this one included
 * @param imagesSeen images seen by all workers in the run so far
 * @param loss mean loss of the round over its images
 * @param lossByNoise the same by noise level, with the denoising error per pixel beside the errors
 *     of always answering with the mean image and of returning the input; errors in the squared
 *     scale of the data
 * @param imagesPerSecond images of the round over its seconds
 * @param seconds from the start of the round's Spark job to the average
 * @param drift how far the workers moved apart before averaging, relative to how far their mean
 *     moved
 * @param workers number of workers that had images
 * @param slowestWorkerSeconds longest time a worker trained
 * @param fastestWorkerSeconds shortest time a worker trained
 * @param epoch passes over the data that are done
 * @param workerCosine mean over pairs of workers of the cosine between their moves in the round;
 *     null for fewer than two workers
 * @param gradientNoiseScale see {@link GradientNoise}, in images; null where it cannot be estimated
 * @param workerSeconds how long each worker trained, in the order of their numbers; 0 for one that
 *     had no images or was dropped
 * @param workerBytes largest memory of a process that ran a worker, outside the heap too
 * @param driverBytes memory of the driver's process, outside the heap too
 * @param droppedWorkers workers whose numbers were not finite and were thrown away
 * @param rollbacks how often this round was tried again at half the learning rate
 * @param halvings how often the run halved its learning rate so far
 * @param validationLoss mean loss of the moving average of the weights on the held-out images; null
 *     in rounds that did not measure it
 * @param validationLossByNoise the same by noise level; the mean image and its error are those of
 *     the training data
 * @param workerOffHeapBytes largest memory of a process that ran a worker without Java's heap
 * @param driverOffHeapBytes memory of the driver's process without Java's heap
 * @param engines what computed on the workers, in words, each once
 * @param learningRate of the round's last step
 * @param gradientNorm mean over the steps of all workers of the Euclidean norm of the gradient of
 *     the mean loss of a minibatch, before it was scaled
 * @param clippedShare share of these steps whose gradient was scaled to train.clip; null without
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoundMetrics(
    int round,
    long imagesSeen,
    double loss,
    List<LossByNoise.Bin> lossByNoise,
    double imagesPerSecond,
    double seconds,
    double drift,
    int workers,
    double slowestWorkerSeconds,
    double fastestWorkerSeconds,
    @MayBeAbsent int epoch,
    @MayBeAbsent Double workerCosine,
    @MayBeAbsent Double gradientNoiseScale,
    @MayBeAbsent List<Double> workerSeconds,
    @MayBeAbsent long workerBytes,
    @MayBeAbsent long driverBytes,
    @MayBeAbsent int droppedWorkers,
    @MayBeAbsent int rollbacks,
    @MayBeAbsent int halvings,
    @MayBeAbsent Double validationLoss,
    @MayBeAbsent List<LossByNoise.Bin> validationLossByNoise,
    @MayBeAbsent long workerOffHeapBytes,
    @MayBeAbsent long driverOffHeapBytes,
    @MayBeAbsent List<String> engines,
    @MayBeAbsent Double learningRate,
    @MayBeAbsent Double gradientNorm,
    @MayBeAbsent Double clippedShare) {

  /**
   * How the workers of a round differed.
   *
   * @param noiseScale see {@link GradientNoise}
   */
  record Spread(Drift drift, OptionalDouble noiseScale) {}

  /** The metrics of the last round of a master. */
  public static RoundMetrics of(RoundMaster master, double seconds, double varianceAboutMeanImage) {
    List<WorkerResult> results = master.lastResults();
    List<WorkerResult> trained = RoundAverage.trained(results);
    LossByNoise losses = new LossByNoise();
    trained.forEach(result -> losses.add(result.losses()));
    ProcessMemory driver = ProcessMemory.now();
    return new RoundMetrics(
        master.state().round(),
        master.state().images(),
        losses.mean(),
        losses.bins(varianceAboutMeanImage),
        RoundAverage.images(trained) / seconds,
        seconds,
        master.lastSpread().drift().distance(),
        trained.size(),
        trained.stream().mapToDouble(WorkerResult::seconds).max().orElse(0),
        trained.stream().mapToDouble(WorkerResult::seconds).min().orElse(0),
        master.state().epoch(),
        orNull(master.lastSpread().drift().cosine()),
        orNull(master.lastSpread().noiseScale()),
        results.stream().map(WorkerResult::seconds).toList(),
        most(results, ProcessMemory::bytes),
        driver.bytes(),
        (int) results.stream().filter(result -> result.divergence() != null).count(),
        master.lastRollbacks(),
        master.state().halvings(),
        null,
        null,
        most(results, ProcessMemory::offHeapBytes),
        driver.offHeapBytes(),
        trained.stream().map(WorkerResult::engine).distinct().sorted().toList(),
        trained.stream()
            .max(Comparator.comparingInt(WorkerResult::steps))
            .map(last -> last.descent().learningRate())
            .orElse(null),
        meanOverSteps(trained, Descent::gradientNorm),
        meanOverSteps(trained, Descent::clippedShare));
  }

  /** Null where a worker has no such number. */
  private static Double meanOverSteps(List<WorkerResult> trained, Function<Descent, Double> of) {
    double sum = 0;
    long steps = 0;
    for (WorkerResult result : trained) {
      Double number = of.apply(result.descent());
      if (number == null) {
        return null;
      }
      sum += result.steps() * number;
      steps += result.steps();
    }
    return steps > 0 ? sum / steps : null;
  }

  private static long most(List<WorkerResult> results, ToLongFunction<ProcessMemory> bytes) {
    return results.stream().map(WorkerResult::memory).mapToLong(bytes).max().orElse(0);
  }

  private static Double orNull(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  /** These metrics with the losses on the held-out images. */
  public RoundMetrics withValidation(LossByNoise losses, double varianceAboutMeanImage) {
    return new RoundMetrics(
        round,
        imagesSeen,
        loss,
        lossByNoise,
        imagesPerSecond,
        seconds,
        drift,
        workers,
        slowestWorkerSeconds,
        fastestWorkerSeconds,
        epoch,
        workerCosine,
        gradientNoiseScale,
        workerSeconds,
        workerBytes,
        driverBytes,
        droppedWorkers,
        rollbacks,
        halvings,
        losses.mean(),
        losses.bins(varianceAboutMeanImage),
        workerOffHeapBytes,
        driverOffHeapBytes,
        engines,
        learningRate,
        gradientNorm,
        clippedShare);
  }

  /** One line of JSON. */
  public String toJson() {
    return Json.SNAKE_LINE.text(this);
  }

  /**
   * Reads a line of metrics.jsonl.
   *
   * @param source where it is from, for the message
   * @throws DataException if it is something else
   */
  public static RoundMetrics fromJson(String line, Object source) {
    return Json.SNAKE_LINE.read(line, RoundMetrics.class, source);
  }
}
