package tweedie.data.picture;

import com.twelvemonkeys.imageio.color.ColorProfiles;
import com.twelvemonkeys.imageio.color.ColorSpaces;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Arrays;

/** Turns what a reader has decoded into 8-bit sRGB, laid over white where it is transparent. */
final class Colours {

  private Colours() {}

  /**
   * Not by getRGB: it takes stored gray as linear light and brightens it.
   *
   * @param profile the colour profile that the file brought, or null; one that is none of these
   *     channels is passed over, as viewers do
   * @param transparent samples that are transparent, or null
   * @throws IOException if samples are no brightness of 1 to 16 bits
   */
  static DecodedImage rgb(BufferedImage image, byte[] profile, int[] transparent)
      throws IOException {
    Raster stored = image.getRaster();
    BufferedImage picture = image;
    if (image.getColorModel() instanceof IndexColorModel palette) {
      picture = palette.convertToIntDiscrete(image.getRaster(), true);
    }
    int type = picture.getColorModel().getColorSpace().getType();
    if (type != ColorSpace.TYPE_RGB && type != ColorSpace.TYPE_GRAY) {
      picture = converted(picture);
    }
    checkSamples(picture);
    ColorSpace space = space(picture, profile);
    return overWhite(picture, space == null ? null : standard(picture, space), stored, transparent);
  }

  private static BufferedImage converted(BufferedImage image) {
    int type =
        image.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_4BYTE_ABGR
            : BufferedImage.TYPE_3BYTE_BGR;
    return new ColorConvertOp(null)
        .filter(image, new BufferedImage(image.getWidth(), image.getHeight(), type));
  }

  private static void checkSamples(BufferedImage image) throws IOException {
    int type = image.getRaster().getDataBuffer().getDataType();
    int bits = Arrays.stream(image.getSampleModel().getSampleSize()).max().orElseThrow();
    if (bits > 16 || type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_SHORT) {
      throw new IOException(
          "its samples are of %d bits%s; unsigned ones of 1 to 16 can be read"
              .formatted(bits, type == DataBuffer.TYPE_FLOAT ? ", floating-point" : ""));
    }
    int colours = colours(image);
    if (colours != 1 && colours != 3) {
      throw new IOException("it has " + colours + " color channels");
    }
  }

  private static int colours(BufferedImage image) {
    return image.getRaster().getNumBands() - (image.getColorModel().hasAlpha() ? 1 : 0);
  }

  /** What the channels are in, where it is not what a screen shows them as. */
  private static ColorSpace space(BufferedImage image, byte[] profile) {
    ColorSpace space = image.getColorModel().getColorSpace();
    if (profile != null) {
      try {
        ICC_Profile given = ColorProfiles.createProfile(profile);
        space = ColorSpaces.createColorSpace(given);
      } catch (RuntimeException e) { // it is none: java.awt says so in several ways
        return null;
      }
    }
    boolean right =
        space.getType() == (colours(image) == 1 ? ColorSpace.TYPE_GRAY : ColorSpace.TYPE_RGB);
    boolean plain =
        !(space instanceof ICC_ColorSpace of)
            || space.isCS_sRGB()
            || ColorProfiles.isCS_GRAY(of.getProfile())
            || space == ColorSpace.getInstance(ColorSpace.CS_GRAY);
    return right && !plain ? space : null;
  }

  /** The colours of all pixels in sRGB, whatever their opacity. */
  private static byte[] standard(BufferedImage image, ColorSpace space) {
    int height = image.getHeight();
    int width = image.getWidth();
    int colours = colours(image);
    Raster raster = image.getRaster();
    double[] white = white(raster);
    WritableRaster from =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, colours, null);
    WritableRaster to =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 3, null);
    int[] row = new int[width * raster.getNumBands()];
    int[] bytes = new int[width * colours];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < bytes.length; i++) {
        int c = i % colours;
        bytes[i] = (int) Math.round(255 * row[i / colours * white.length + c] / white[c]);
      }
      from.setPixels(0, y, width, 1, bytes);
    }
    new ColorConvertOp(space, ColorSpace.getInstance(ColorSpace.CS_sRGB), null).filter(from, to);
    return ((java.awt.image.DataBufferByte) to.getDataBuffer()).getData();
  }

  private static double[] white(Raster raster) {
    return Arrays.stream(raster.getSampleModel().getSampleSize())
        .mapToDouble(bits -> (1L << bits) - 1)
        .toArray();
  }

  private static DecodedImage overWhite(
      BufferedImage image, byte[] standard, Raster stored, int[] transparent) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int colours = colours(image);
    double[] white = white(raster);
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] pixels = new byte[height * width * 3];
    int[] row = new int[width * bands];
    int[] samples = new int[width * stored.getNumBands()];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      if (transparent != null) {
        stored.getPixels(stored.getMinX(), stored.getMinY() + y, width, 1, samples);
      }
      for (int x = 0; x < width; x++) {
        double opacity = model.hasAlpha() ? row[x * bands + colours] / white[colours] : 1;
        if (transparent != null && is(transparent, samples, x)) {
          opacity = 0;
        }
        double factor = model.isAlphaPremultiplied() ? 1 : opacity;
        for (int c = 0; c < 3; c++) {
          int i = (y * width + x) * 3 + c;
          int b = colours == 1 ? 0 : c;
          double value =
              standard == null ? row[x * bands + b] / white[b] : (standard[i] & 255) / 255.0;
          pixels[i] = (byte) Math.min(255, Math.round(255 * (value * factor + 1 - opacity)));
        }
      }
    }
    return new DecodedImage(height, width, 3, pixels);
  }

  private static boolean is(int[] transparent, int[] samples, int x) {
    return Arrays.equals(
        transparent,
        0,
        transparent.length,
        samples,
        x * transparent.length,
        (x + 1) * transparent.length);
  }
}
