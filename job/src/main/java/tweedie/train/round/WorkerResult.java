package tweedie.train.round;

import java.io.Serializable;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import tweedie.device.ProcessMemory;
import tweedie.train.LossByNoise;

/**
 * What one worker returns after a round: plain arrays and sums, no native memory.
 *
 * @param worker its number, 0..K-1
 * @param images images it trained on
 * @param steps optimizer steps it took
 * @param parameters its weights, [P]; null if it had no images, or if they were averaged on
 *     executors
 * @param moments its Adam moments, [2 P]; null where the weights are, or if they are reset
 * @param ema its moving average of the weights, [P]; null where the weights are
 * @param losses its losses by noise level
 * @param descent its learning rate and gradients; null if it had no images
 * @param seconds how long it took
 * @param memory of its process
 * @param engine what computed, in words; empty if it had no images
 * @param divergence why its numbers were thrown away, as a sentence; null if they were not. If they
 *     were, it counts as a worker without images
 */
public record WorkerResult(
    int worker,
    long images,
    int steps,
    float[] parameters,
    float[] moments,
    float[] ema,
    LossByNoise losses,
    Descent descent,
    double seconds,
    ProcessMemory memory,
    String engine,
    String divergence)
    implements TrainingResult, java.io.Serializable {

  /**
   * How a worker went down.
   *
   * @param learningRate of its last step
   * @param gradientNorm mean over its steps of the Euclidean norm of the gradient, before scaling
   * @param clippedShare share of its steps whose gradient was scaled; null where there is no limit
   */
  public record Descent(double learningRate, double gradientNorm, Double clippedShare)
      implements Serializable {}

  /** Of a worker that had no images, or whose numbers were thrown away. */
  static WorkerResult withoutImages(int worker, String divergence) {
    return new WorkerResult(
        worker,
        0,
        0,
        null,
        null,
        null,
        new LossByNoise(),
        null,
        0,
        ProcessMemory.NONE,
        "",
        divergence);
  }

  /** The same of the parameters from number {@code from} to before {@code to} only. */
  WorkerResult part(int from, int to) {
    return parameters == null
        ? this
        : with(
            RoundPart.cut(parameters, parameters.length, from, to),
            moments == null ? null : RoundPart.cut(moments, parameters.length, from, to),
            RoundPart.cut(ema, parameters.length, from, to));
  }

  /** The same without weights, moments and moving average. */
  WorkerResult withoutNumbers() {
    return with(null, null, null);
  }

  private WorkerResult with(float[] parameters, float[] moments, float[] ema) {
    return new WorkerResult(
        worker,
        images,
        steps,
        parameters,
        moments,
        ema,
        losses,
        descent,
        seconds,
        memory,
        engine,
        divergence);
  }

  @Override
  public void setStats(SparkTrainingStats stats) {
    // dl4j-spark's statistics are not collected: they ask the internet for the time
  }
}
