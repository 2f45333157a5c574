package tweedie.evaluate;

import java.io.Serializable;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * How often a classifier is right, with Wilson's 95 % interval of a binomial share.
 *
 * @param correct images whose most probable class is their label
 * @param images all images, at least 1
 */
public record Accuracy(int correct, int images) implements Serializable {

  private static final double CONFIDENCE = 0.95;

  /** The share that is right, in [0, 1]. */
  public double share() {
    return (double) correct / images;
  }

  /** Over the images of both. */
  public Accuracy plus(Accuracy other) {
    return new Accuracy(correct + other.correct, images + other.images);
  }

  /** Lower end of the interval. */
  public double low() {
    return interval().getLowerBound();
  }

  /** Upper end of the interval. */
  public double high() {
    return interval().getUpperBound();
  }

  private ConfidenceInterval interval() {
    return new WilsonScoreInterval().createInterval(images, correct, CONFIDENCE);
  }
}
