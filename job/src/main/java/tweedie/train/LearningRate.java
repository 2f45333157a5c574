package tweedie.train;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Optimizer;

/**
 * The learning rate by the run's one clock, images seen, in the form of DL4J's schedules over
 * steps.
 *
 * <p>Within a round a worker counts its own steps; each stands for the images that all workers see
 * in one step. The rate of a step is that at its end, so the last step of a run has with {@link
 * Decay#COSINE} a rate of exactly 0: it moves Adam's moments and the moving average, and no
 * parameter.
 */
public final class LearningRate implements ISchedule {

  private static final long serialVersionUID = 1L;

  @JsonProperty private double learningRate;
  @JsonProperty private double warmupImages;
  @JsonProperty private Decay decay;
  @JsonProperty private double totalImages;
  @JsonProperty private double imagesAtRoundStart;
  @JsonProperty private int stepAtRoundStart;
  @JsonProperty private double imagesPerStep;

  /** For Jackson. */
  public LearningRate() {}

  /**
   * The learning rate of one round.
   *
   * @param optimizer its shape
   * @param totalImages images of the whole run
   * @param imagesAtRoundStart images seen before this round
   * @param stepAtRoundStart steps taken before this round
   * @param imagesPerStep images of all workers in one step
   */
  public LearningRate(
      Optimizer optimizer,
      double totalImages,
      double imagesAtRoundStart,
      int stepAtRoundStart,
      double imagesPerStep) {
    this.learningRate = optimizer.learningRate();
    this.warmupImages = optimizer.warmupImages();
    this.decay = optimizer.decay();
    this.totalImages = totalImages;
    this.imagesAtRoundStart = imagesAtRoundStart;
    this.stepAtRoundStart = stepAtRoundStart;
    this.imagesPerStep = imagesPerStep;
  }

  @Override
  public double valueAt(int step, int epoch) {
    return at(imagesAtRoundStart + (step - stepAtRoundStart) * imagesPerStep + imagesPerStep);
  }

  /** The learning rate of the step that ends at this number of images. */
  double at(double images) {
    if (images < warmupImages) {
      return learningRate * images / warmupImages;
    }
    return switch (decay) {
      case CONSTANT -> learningRate;
      case COSINE -> {
        double done =
            Math.min(1, (images - warmupImages) / Math.max(1, totalImages - warmupImages));
        yield learningRate * 0.5 * (1 + Math.cos(Math.PI * done));
      }
      case INVERSE_SQRT -> learningRate * Math.sqrt(Math.max(warmupImages, imagesPerStep) / images);
    };
  }

  /** This: nothing changes it. */
  @Override
  public ISchedule clone() {
    return this;
  }
}
