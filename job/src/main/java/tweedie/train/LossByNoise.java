package tweedie.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums over images of the loss and of the denoising error by noise level, in bins of a factor of 2
 * in s. Addition merges two.
 */
public final class LossByNoise implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int LOWEST = -12;
  private static final int BINS = 24;

  private final long[] images = new long[BINS];
  private final double[] loss = new double[BINS];
  private final double[] error = new double[BINS];
  private final double[] noise = new double[BINS];

  /**
   * Adds one image.
   *
   * @param s noise of the mean of its copies
   * @param weight w(s)
   * @param loss its loss w(s) |D - x|^2 / d
   */
  public void add(double s, double weight, double loss) {
    int bin = Math.max(0, Math.min(BINS - 1, Math.getExponent(s) - LOWEST));
    images[bin]++;
    this.loss[bin] += loss;
    error[bin] += loss / weight;
    noise[bin] += s * s;
  }

  /** Adds all images of another. */
  public void add(LossByNoise other) {
    for (int bin = 0; bin < BINS; bin++) {
      images[bin] += other.images[bin];
      loss[bin] += other.loss[bin];
      error[bin] += other.error[bin];
      noise[bin] += other.noise[bin];
    }
  }

  /** Mean loss over all images. */
  public double mean() {
    double sum = 0;
    long count = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += loss[bin];
      count += images[bin];
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
    for (int bin = 0; bin < BINS; bin++) {
      if (error[bin] > 0) {
        double weight = loss[bin] / error[bin];
        sum += loss[bin];
        useless += weight * Math.max(images[bin] * variance, noise[bin]);
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
    List<Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      if (images[bin] > 0) {
        double n = images[bin];
        bins.add(
            new Bin(
                Math.pow(2, bin + LOWEST),
                Math.pow(2, bin + LOWEST + 1),
                images[bin],
                loss[bin] / n,
                error[bin] / n,
                varianceAboutMeanImage,
                noise[bin] / n));
      }
    }
    return bins;
  }

  /**
   * One bin of noise levels.
   *
   * @param from smallest s
   * @param to largest s
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
