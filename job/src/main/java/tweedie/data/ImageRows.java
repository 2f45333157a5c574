package tweedie.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Images as rows of numbers, end to end: [n, d]. Files and networks have float, formulas double;
 * every double here comes from a float or is rounded to the nearest one.
 */
public final class ImageRows {

  private ImageRows() {}

  /** The pixels of images, [n, d]. */
  public static float[] of(Collection<LabeledImage> images) {
    return joined(images.stream().map(LabeledImage::pixels).toArray(float[][]::new));
  }

  /**
   * Rows as images.
   *
   * @param rows [n, d]
   * @param ids of the images, [n]
   * @param labels of the images, [n]
   * @param shape of d pixels
   */
  public static List<LabeledImage> images(
      double[] rows, long[] ids, int[] labels, ImageShape shape) {
    int d = shape.dimension();
    List<LabeledImage> images = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      images.add(new LabeledImage(ids[i], labels[i], shape, floats(row(rows, i, d))));
    }
    return images;
  }

  /** As {@link #images(double[], long[], int[], ImageShape)}, without labels. */
  public static List<LabeledImage> images(double[] rows, long[] ids, ImageShape shape) {
    int[] labels = new int[ids.length];
    Arrays.fill(labels, -1);
    return images(rows, ids, labels, shape);
  }

  /** Row {@code i} of [n, d]. */
  public static double[] row(double[] rows, int i, int d) {
    return Arrays.copyOfRange(rows, i * d, (i + 1) * d);
  }

  /** Rows of one length, end to end. */
  public static double[] joined(List<double[]> rows) {
    int length = rows.stream().mapToInt(row -> row.length).sum();
    double[] joined = new double[length];
    int at = 0;
    for (double[] row : rows) {
      System.arraycopy(row, 0, joined, at, row.length);
      at += row.length;
    }
    return joined;
  }

  /** Rows of one length, end to end. */
  public static float[] joined(float[]... rows) {
    int length = Arrays.stream(rows).mapToInt(row -> row.length).sum();
    float[] joined = new float[length];
    int at = 0;
    for (float[] row : rows) {
      System.arraycopy(row, 0, joined, at, row.length);
      at += row.length;
    }
    return joined;
  }

  /** Values 0..255 in [0, 1]. */
  public static float[] ofBytes(byte[] values) {
    float[] pixels = new float[values.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (values[i] & 255) / 255f;
    }
    return pixels;
  }

  /** The same numbers. */
  public static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** The nearest numbers. */
  public static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** |row|^2 of each row, [n]. */
  public static double[] squares(float[] rows, int d) {
    double[] squares = new double[rows.length / d];
    for (int i = 0; i < rows.length; i++) {
      squares[i / d] += (double) rows[i] * rows[i];
    }
    return squares;
  }
}
