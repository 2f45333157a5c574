package tweedie.data.picture;

/**
 * An 8-bit picture in memory.
 *
 * @param height rows
 * @param width columns
 * @param channels number of channels
 * @param pixels values 0..255 in the order [height, width, channel]
 */
public record DecodedImage(int height, int width, int channels, byte[] pixels) {

  /**
   * The picture turned upright.
   *
   * @param orientation EXIF orientation 1..8: where row 0 and column 0 of the stored picture are
   *     seen (Exif 2.3, tag 0x0112)
   */
  public DecodedImage upright(int orientation) {
    if (orientation <= 1 || orientation > 8) {
      return this;
    }
    boolean swap = orientation >= 5;
    int newHeight = swap ? width : height;
    int newWidth = swap ? height : width;
    byte[] turned = new byte[pixels.length];
    for (int r = 0; r < newHeight; r++) {
      for (int c = 0; c < newWidth; c++) {
        int row = swap ? c : r;
        int column = swap ? r : c;
        if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) {
          row = swap ? row : height - 1 - row;
          column = swap ? width - 1 - column : column;
        }
        if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7) {
          row = swap ? height - 1 - row : row;
          column = swap ? column : width - 1 - column;
        }
        System.arraycopy(
            pixels,
            (row * width + column) * channels,
            turned,
            (r * newWidth + c) * channels,
            channels);
      }
    }
    return new DecodedImage(newHeight, newWidth, channels, turned);
  }

  /** Whether no pixel of three channels has a colour. */
  public boolean isGray() {
    for (int i = 0; i < pixels.length; i += 3) {
      if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2]) {
        return false;
      }
    }
    return true;
  }

  /** Red, green, blue as their luma by Rec. 601; gray stays as it is. */
  public DecodedImage gray() {
    byte[] luma = new byte[height * width];
    for (int i = 0; i < luma.length; i++) {
      int sum = 299 * (pixels[3 * i] & 255);
      sum += 587 * (pixels[3 * i + 1] & 255) + 114 * (pixels[3 * i + 2] & 255);
      luma[i] = (byte) ((sum + 500) / 1000);
    }
    return new DecodedImage(height, width, 1, luma);
  }

  /**
   * The largest part around the centre that has the target's aspect, resized to the target.
   *
   * @return pixels [newHeight, newWidth, channels]
   */
  public byte[] fit(int newHeight, int newWidth) {
    double scale = Math.min((double) height / newHeight, (double) width / newWidth);
    Taps rows = Taps.of(height, scale, newHeight);
    Taps columns = Taps.of(width, scale, newWidth);
    // columns first, and only of the rows that are used
    int top = rows.first[0];
    int bottom = rows.first[newHeight - 1] + rows.weights[newHeight - 1].length;
    int stride = newWidth * channels;
    float[] narrow = new float[(bottom - top) * stride];
    for (int r = top; r < bottom; r++) {
      for (int x = 0; x < newWidth; x++) {
        float[] weights = columns.weights[x];
        int from = (r * width + columns.first[x]) * channels;
        for (int c = 0; c < channels; c++) {
          float sum = 0;
          for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (pixels[from + i * channels + c] & 255);
          }
          narrow[(r - top) * stride + x * channels + c] = sum;
        }
      }
    }
    byte[] fitted = new byte[newHeight * stride];
    for (int y = 0; y < newHeight; y++) {
      float[] weights = rows.weights[y];
      for (int x = 0; x < stride; x++) {
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * narrow[(rows.first[y] - top + i) * stride + x];
        }
        fitted[y * stride + x] = (byte) Math.min(255, Math.max(0, Math.round(sum)));
      }
    }
    return fitted;
  }

  /** For each target pixel of one axis the first source pixel and the weights, which sum to 1. */
  private record Taps(int[] first, float[][] weights) {

    /** The {@code target} pixels of {@code scale} source pixels each around the centre. */
    static Taps of(int source, double scale, int target) {
      int[] first = new int[target];
      float[][] weights = new float[target][];
      double start = (source - target * scale) / 2;
      for (int t = 0; t < target; t++) {
        double low;
        double high;
        if (scale >= 1) {
          low = Math.max(0, start + t * scale);
          high = Math.min(source, start + (t + 1) * scale);
        } else {
          // a window one source pixel wide around the target's centre: linear interpolation
          double centre = start + (t + 0.5) * scale;
          low = Math.min(source - 1.0, Math.max(0, centre - 0.5));
          high = low + 1;
        }
        // a sliver left by rounding is no pixel of its own
        int from = Math.min(source - 1, (int) Math.floor(low + 1e-9));
        int to = Math.max(from + 1, (int) Math.ceil(high - 1e-9));
        float[] w = new float[to - from];
        double sum = 0;
        for (int i = from; i < to; i++) {
          double covered = Math.max(0, Math.min(high, i + 1.0) - Math.max(low, i));
          w[i - from] = (float) covered;
          sum += covered;
        }
        for (int i = 0; i < w.length; i++) {
          w[i] /= (float) sum;
        }
        first[t] = from;
        weights[t] = w;
      }
      return new Taps(first, weights);
    }
  }
}
