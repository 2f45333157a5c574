package tweedie.train;

import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;

/**
 * What one worker returns after a round: plain arrays and sums, no native memory.
 *
 * @param worker its number, 0..K-1
 * @param images images it trained on
 * @param steps optimizer steps it took
 * @param parameters its weights, [P]; null if it had no images
 * @param moments its Adam moments, [2 P]; null if it had no images or they are reset
 * @param ema its moving average of the weights, [P]; null if it had no images
 * @param losses its losses by noise level
 * @param seconds how long it took
 */
public record WorkerResult(
    int worker,
    long images,
    int steps,
    float[] parameters,
    float[] moments,
    float[] ema,
    LossByNoise losses,
    double seconds)
    implements TrainingResult, java.io.Serializable {

  @Override
  public void setStats(SparkTrainingStats stats) {
    // dl4j-spark's statistics are not collected: they ask the internet for the time
  }
}
