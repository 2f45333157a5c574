package tweedie.data.source;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpzNumbers;
import tweedie.data.array.NpzReader;

/**
 * Images in an array of NumPy: [n, height, width, channel], gray ones also [n, height, width],
 * points [n, d]. Those of uint8 are 8-bit; floats are taken as they are, those of pictures between
 * 0 and 1.
 *
 * @param input Hadoop URI of a .npz or a .npy file
 * @param array name of the images in a .npz file
 * @param labels name of the numbers of their classes in it; empty where they have none
 * @param eightBit whether the numbers are bytes
 */
public record NumpySource(String input, String array, String labels, boolean eightBit)
    implements ImageSource {

  private static final String USUAL_LABELS = "labels";

  /**
   * The images of a file, whose header is read.
   *
   * @param array name of the images; empty for the first array that NumPy was given without one
   * @param labels name of their classes; empty for {@code labels}, where there is such an array
   * @throws DataException if there are none
   */
  public static NumpySource of(
      String input, Optional<String> array, Optional<String> labels, Configuration conf)
      throws IOException {
    String images = array.orElse(NpzReader.FIRST);
    boolean isArchive = !NpzReader.isArray(input);
    if (!isArchive && (array.isPresent() || labels.isPresent())) {
      throw new DataException(
          "%s is one array: there are no others in it to name".formatted(input));
    }
    String classes = labels.orElse("");
    if (isArchive) {
      List<String> names = NpzReader.names(input, conf);
      if (!names.contains(images)) {
        throw new DataException(
            "%s has no array %s for the images: name one of %s"
                .formatted(input, images, String.join(", ", names)));
      }
      if (labels.isEmpty() && names.contains(USUAL_LABELS)) {
        classes = USUAL_LABELS;
      }
    }
    try (NpzReader reader = NpzReader.open(input, images, conf)) {
      if (reader.count() < 1) {
        throw new DataException(input + " holds no image");
      }
      return new NumpySource(
          input,
          images,
          classes,
          reader.type() == NpyHeader.Type.UINT8 && !reader.shape().vector());
    }
  }

  @Override
  public Listing list(Configuration conf) {
    return new Listing(List.of(new File(input, array, labels, eightBit)), List.of());
  }

  private record File(String name, String array, String labels, boolean eightBit) implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      NpzReader images = NpzReader.open(name, array, conf);
      try {
        double[] classes = labels.isEmpty() ? null : NpzNumbers.read(name, labels, conf).values();
        if (classes != null && classes.length != images.count()) {
          throw new DataException(
              "%s, array %s holds %d labels for %d images"
                  .formatted(name, labels, classes.length, images.count()));
        }
        return new Read(this, images, classes);
      } catch (IOException | RuntimeException e) {
        images.close();
        throw e;
      }
    }
  }

  private static final class Read implements Images {

    private final File file;
    private final NpzReader images;
    private final double[] classes;
    private int done;

    Read(File file, NpzReader images, double[] classes) {
      this.file = file;
      this.images = images;
      this.classes = classes;
    }

    @Override
    public SourceImage next() {
      if (!images.hasNext()) {
        return null;
      }
      float[] pixels = images.next();
      ImageShape shape = images.shape();
      int label = classes == null ? -1 : (int) classes[done];
      if (classes != null && label != classes[done]) {
        throw new DataException(
            "%s, array %s: %s is no number of a class"
                .formatted(file.name, file.labels, classes[done]));
      }
      done++;
      if (file.eightBit) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) Math.round(255 * pixels[i]); // which they were divided by
        }
        return SourceImage.ofBytes(label, shape, bytes);
      }
      for (float pixel : pixels) {
        if (!Float.isFinite(pixel) || !shape.vector() && !(pixel >= 0 && pixel <= 1)) {
          throw new DataException(
              "%s, array %s: image %d has the value %s; pixels of floats go from 0 to 1"
                  .formatted(file.name, file.array, done - 1, pixel));
        }
      }
      return SourceImage.ofFloats(label, shape, pixels);
    }

    @Override
    public void close() throws IOException {
      images.close();
    }
  }
}
