package tweedie.driver.table;

import org.apache.spark.sql.Row;
import tweedie.data.DataException;
import tweedie.data.picture.DecodedImage;

/** Pictures as Spark's data source {@code image} has them: OpenCV's modes, blue before red. */
final class SparkImage {

  /** CV_8UC1. */
  private static final int GRAY = 0;

  /** CV_8UC3. */
  private static final int BGR = 16;

  /** CV_8UC4. */
  private static final int BGRA = 24;

  private static final int WHITE = 255;

  private SparkImage() {}

  /**
   * A picture of three channels, laid over white where it is transparent.
   *
   * @param name for messages
   * @throws DataException if it is of another mode, or not whole
   */
  static DecodedImage decode(String name, Row image) {
    String origin = image.getAs("origin");
    String called = origin == null ? name : "%s (%s)".formatted(name, origin);
    int mode = image.getAs("mode");
    int height = image.getAs("height");
    int width = image.getAs("width");
    byte[] data = image.getAs("data");
    int channels =
        switch (mode) {
          case GRAY -> 1;
          case BGR -> 3;
          case BGRA -> 4;
          default ->
              throw new DataException(
                  "%s %s; CV_8UC1 (0), CV_8UC3 (16) and CV_8UC4 (24) are read"
                      .formatted(
                          called,
                          mode == -1 ? "could not be decoded by Spark" : "has mode " + mode));
        };
    if (data == null || height < 1 || width < 1 || data.length != height * width * channels) {
      throw new DataException(
          "%s says that it is %dx%d of %d channels, and has %d bytes"
              .formatted(called, height, width, channels, data == null ? 0 : data.length));
    }
    byte[] rgb = new byte[height * width * 3];
    for (int i = 0; i < height * width; i++) {
      for (int c = 0; c < 3; c++) {
        int value = data[i * channels + (channels == 1 ? 0 : 2 - c)] & 255;
        if (channels == 4) {
          int opacity = data[i * channels + 3] & 255;
          value = Math.round((value * opacity + WHITE * (WHITE - opacity)) / (float) WHITE);
        }
        rgb[i * 3 + c] = (byte) value;
      }
    }
    return new DecodedImage(height, width, 3, rgb);
  }
}
