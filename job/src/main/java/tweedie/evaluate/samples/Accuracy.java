package tweedie.evaluate.samples;

import java.io.Serializable;
import tweedie.evaluate.Estimate;

/**
 * How often a classifier is right.
 *
 * @param correct images whose most probable class is their label
 * @param images all images
 */
public record Accuracy(int correct, int images) implements Serializable {

  /** Over the images of both. */
  public Accuracy plus(Accuracy other) {
    return new Accuracy(correct + other.correct, images + other.images);
  }

  /** The share that is right, with its interval. */
  public Estimate estimate() {
    return Estimate.ofShare(correct, images);
  }
}
