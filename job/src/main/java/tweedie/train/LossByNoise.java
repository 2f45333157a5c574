package tweedie.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Sums over images of the loss and of the denoising error by noise level, in bins of a factor of 2
 * in s, as many as there are images in. Addition merges two.
 */
public final class LossByNoise implements Serializable {

  private static final long serialVersionUID = 2L;

  /** By the exponent e of bin [2^e, 2^(e+1)). */
  private final TreeMap<Integer, Sums> bins = new TreeMap<>();

  private static final class Sums implements Serializable {

    private static final long serialVersionUID = 1L;

    private long images;
    private double loss;
    private double error;
    private double noise;
  }

  private Sums bin(int exponent) {
    return bins.computeIfAbsent(exponent, e -> new Sums());
  }

  /**
   * Adds one image.
   *
   * @param s noise of the mean of its copies
   * @param weight w(s)
   * @param loss its loss w(s) |D - x|^2 / d
   */
  public void add(double s, double weight, double loss) {
    Sums bin = bin(Math.getExponent(s));
    bin.images++;
    bin.loss += loss;
    bin.error += loss / weight;
    bin.noise += s * s;
  }

  /** Adds all images of another. */
  public void add(LossByNoise other) {
    other.bins.forEach(
        (exponent, sums) -> {
          Sums bin = bin(exponent);
          bin.images += sums.images;
          bin.loss += sums.loss;
          bin.error += sums.error;
          bin.noise += sums.noise;
        });
  }

  /** Mean loss over all images. */
  public double mean() {
    double sum = 0;
    long count = 0;
    for (Sums bin : bins.values()) {
      sum += bin.loss;
      count += bin.images;
    }
    return sum / count;
  }

  /**
   * The mean loss over that of answers that know nothing: at every noise the worse of the mean
   * pixel and the input itself.
   *
   * @param variance error per pixel of always answering with the mean pixel
   * @return 0 where every loss is 0
   */
  public double overUselessAnswers(double variance) {
    double sum = 0;
    double useless = 0;
    for (Sums bin : bins.values()) {
      if (bin.error > 0) {
        double weight = bin.loss / bin.error;
        sum += bin.loss;
        useless += weight * Math.max(bin.images * variance, bin.noise);
      }
    }
    return sum > 0 ? sum / useless : 0;
  }

  /**
   * The bins that have images, from little noise to much.
   *
   * @param varianceAboutMeanImage error per pixel of always answering with the mean image of the
   *     data
   */
  public List<Bin> bins(double varianceAboutMeanImage) {
    List<Bin> found = new ArrayList<>();
    bins.forEach(
        (exponent, bin) -> {
          double n = bin.images;
          found.add(
              new Bin(
                  Math.pow(2, exponent),
                  Math.pow(2, exponent + 1),
                  bin.images,
                  bin.loss / n,
                  bin.error / n,
                  varianceAboutMeanImage,
                  bin.noise / n));
        });
    return found;
  }

  /**
   * One bin of noise levels.
   *
   * @param from smallest s, a power of 2
   * @param to twice that, no longer in it. In files of earlier versions the bins that begin at
   *     2^-12 and end at 2^12 hold all images with less and with more noise too
   * @param images number of images
   * @param loss mean loss w(s) |D - x|^2 / d
   * @param error mean squared error of the denoiser per pixel, |D - x|^2 / d, in the scale of the
   *     data
   * @param meanError the same for the denoiser that always answers with the mean image
   * @param inputError the same for the denoiser that returns its input, s^2
   */
  public record Bin(
      double from,
      double to,
      long images,
      double loss,
      double error,
      double meanError,
      double inputError) {}
}
