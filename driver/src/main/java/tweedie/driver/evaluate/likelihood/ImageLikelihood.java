package tweedie.driver.evaluate.likelihood;

import java.util.List;
import tweedie.data.Json;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.evaluate.likelihood.PixelScale;

/**
 * What {@code likelihood-images.jsonl} says of an image.
 *
 * @param nats log density
 * @param calls of the denoiser
 */
public record ImageLikelihood(
    long id, int label, double bitsPerDimension, double nats, double calls) {

  /** A line of JSON for each image. */
  static String lines(List<ImageDensity> images, double offset, int d) {
    StringBuilder lines = new StringBuilder();
    for (ImageDensity image : images) {
      ImageLikelihood line =
          new ImageLikelihood(
              image.id(),
              image.label(),
              PixelScale.differentialBits(image.logDensity(), d) + offset,
              image.logDensity(),
              image.calls());
      lines.append(Json.SNAKE_LINE.text(line)).append('\n');
    }
    return lines.toString();
  }
}
