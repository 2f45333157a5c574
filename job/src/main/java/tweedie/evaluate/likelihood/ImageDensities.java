package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import tweedie.data.Dequantized;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.evaluate.likelihood.FlowLikelihood.Density;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Measures the densities of images, or of noisy copies of them. The numbers of an image come from
 * the seed and its id alone.
 *
 * @param flow how
 * @param s noise of the density
 * @param repeats how often an image is dequantized
 * @param copies number of noisy copies whose joint density is measured; 0 for the image itself
 * @param dequantize whether pixels are dequantized first
 */
public record ImageDensities(
    FlowLikelihood flow, double s, int repeats, int copies, boolean dequantize)
    implements Serializable {

  /** Noise of the copies. */
  public CopyNoise noise() {
    return CopyNoise.ofMean(s, copies);
  }

  /**
   * The densities of images in their order.
   *
   * @param measured is told how many images have been measured, once for each repeat
   * @throws IllegalStateException as {@link FlowLikelihood#logDensity}
   */
  public List<ImageDensity> of(
      DifferentiableDenoiser denoiser,
      List<LabeledImage> images,
      long seed,
      LongConsumer measured) {
    long[] ids = images.stream().mapToLong(LabeledImage::id).toArray();
    double[] spread = new double[ids.length];
    List<Density[]> measures = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      double[] points = points(images, seed, repeat, spread);
      measures.add(flow.logDensity(denoiser, points, s, seed, ids, repeat));
      measured.accept(ids.length);
    }
    List<ImageDensity> densities = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      int row = i;
      densities.add(
          ImageDensity.of(
              ids[i],
              images.get(i).label(),
              measures.stream().map(repeat -> repeat[row]).toList(),
              spread[i]));
    }
    return densities;
  }

  /**
   * The points whose density is asked for, [n, d]: the images or the means of their noisy copies.
   *
   * @param spread receives the part of the joint density that comes from the spread of the copies
   */
  private double[] points(List<LabeledImage> images, long seed, int repeat, double[] spread) {
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      LabeledImage image = images.get(i);
      double[] point =
          ImageRows.doubles(
              dequantize
                  ? Dequantized.uniformly(
                      image.pixels(), LikelihoodDraws.dequantization(seed, image.id(), repeat))
                  : image.pixels());
      if (copies > 0) {
        double[] noisy = Copies.of(point, noise(), Draws.of(seed, Purpose.TRIAL, image.id(), 0));
        spread[i] = CopiesDensity.spread(noisy, noise());
        point = Copies.mean(noisy, copies);
      }
      points.add(point);
    }
    return ImageRows.joined(points);
  }
}
