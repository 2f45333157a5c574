package tweedie.driver.evaluate.representations;

import java.io.Serializable;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tweedie.data.ImageRows;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.representations.RelativeDistance;

/**
 * How far an image and its code move under each of some changes.
 *
 * @param pixels of the image, [d]
 * @param code of the image, [d]
 * @param ofPixels squared distance of the changed image, [a]
 * @param ofCode squared distance of its code, [a]
 * @param alike squared distance of its code from the code of the image with its values moved alike,
 *     [a]
 */
record Moved(double[] pixels, double[] code, double[] ofPixels, double[] ofCode, double[] alike)
    implements Serializable {

  /** The distance in pixels under change {@code a}, beside that of two images. */
  static Estimate inPixels(List<Moved> images, int a) {
    return RelativeDistance.of(
        images.stream().mapToDouble(image -> image.ofPixels[a]).toArray(),
        ImageRows.joined(images.stream().map(Moved::pixels).toList()));
  }

  /** The same of codes. */
  static Estimate inCodes(List<Moved> images, int a) {
    return ofCodes(images, image -> image.ofCode[a]);
  }

  /** The same of codes, from those of the images with their values moved alike. */
  static Estimate alike(List<Moved> images, int a) {
    return ofCodes(images, image -> image.alike[a]);
  }

  private static Estimate ofCodes(List<Moved> images, ToDoubleFunction<Moved> squares) {
    return RelativeDistance.of(
        images.stream().mapToDouble(squares).toArray(),
        ImageRows.joined(images.stream().map(Moved::code).toList()));
  }
}
