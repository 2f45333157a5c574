package tweedie.evaluate.likelihood;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The mean log density of n images in nats, with standard errors by where they come from.
 *
 * @param images n
 * @param mean over the images
 * @param error standard error of the mean from all that varies: images, dequantizations and probes;
 *     NaN of a single image
 * @param errorOfProbes the part of it that other probes would change; NaN with a single probe
 * @param errorOfRepeats the part that other dequantizations and probes would change; NaN with a
 *     single repeat
 */
public record MeanDensity(
    int images, double mean, double error, double errorOfProbes, double errorOfRepeats) {

  /** Of these images, at least one. */
  public static MeanDensity of(List<ImageDensity> images) {
    double[] values = images.stream().mapToDouble(ImageDensity::logDensity).toArray();
    return new MeanDensity(
        values.length,
        ImageDensity.mean(values),
        error(values),
        error(images, ImageDensity::varianceOfProbes),
        error(images, ImageDensity::varianceOfRepeats));
  }

  /**
   * How much more log density the same images have in another measurement, image by image.
   *
   * @param other the other measurement of some or all of {@code images}
   * @throws IllegalArgumentException if it has an image that these do not have
   */
  public static MeanDensity difference(List<ImageDensity> other, List<ImageDensity> images) {
    Map<Long, Double> known = new HashMap<>();
    images.forEach(image -> known.put(image.id(), image.logDensity()));
    double[] differences = new double[other.size()];
    for (int i = 0; i < differences.length; i++) {
      Double before = known.get(other.get(i).id());
      if (before == null) {
        throw new IllegalArgumentException(
            "Image %d was measured once only".formatted(other.get(i).id()));
      }
      differences[i] = other.get(i).logDensity() - before;
    }
    return new MeanDensity(
        differences.length,
        ImageDensity.mean(differences),
        error(differences),
        Double.NaN,
        Double.NaN);
  }

  private static double error(double[] values) {
    return Math.sqrt(ImageDensity.variance(values) / values.length);
  }

  private static double error(List<ImageDensity> images, ToDoubleFunction<ImageDensity> variance) {
    return Math.sqrt(images.stream().mapToDouble(variance).sum()) / images.size();
  }
}
