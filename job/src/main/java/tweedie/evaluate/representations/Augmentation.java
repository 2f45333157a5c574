package tweedie.evaluate.representations;

import java.util.List;
import java.util.Locale;
import tweedie.data.ImageShape;
import tweedie.score.Draws;

/** A change of an image after which it is still of the same thing. */
public enum Augmentation {
  /** Left and right exchanged. */
  MIRRORED,
  /** All pixels one to the right; the first column stays where it was too. */
  SHIFTED,
  /** Normal noise with a standard deviation of 0.02. */
  NOISY;

  private static final double NOISE = 0.02;

  /** Those of images of a shape; vectors have no left and right. */
  public static List<Augmentation> of(ImageShape shape) {
    return shape.vector() ? List.of(NOISY) : List.of(values());
  }

  /**
   * A changed copy of an image.
   *
   * @param image [height, width, channel]
   * @param draws of the noise
   */
  public double[] of(double[] image, ImageShape shape, Draws draws) {
    double[] changed = moved(image, shape);
    if (this == NOISY) {
      for (int at = 0; at < changed.length; at++) {
        changed[at] += NOISE * draws.gaussian();
      }
    }
    return changed;
  }

  /** A copy of an image, or of its code, whose values are moved as this moves them. */
  public double[] moved(double[] image, ImageShape shape) {
    double[] moved = new double[image.length];
    int channels = shape.channels();
    for (int at = 0; at < image.length; at++) {
      int x = at / channels % shape.width();
      moved[at] = image[at + channels * (source(x, shape.width()) - x)];
    }
    return moved;
  }

  /** The column that comes to column x. */
  private int source(int x, int width) {
    return switch (this) {
      case MIRRORED -> width - 1 - x;
      case SHIFTED -> Math.max(0, x - 1);
      case NOISY -> x;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
