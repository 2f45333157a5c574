package tweedie.data.picture;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;

/** Decodes a PNG or JPEG file to upright 8-bit red, green, blue; a damaged file is an error. */
public final class PictureDecoder {

  private static final Pattern PICTURE =
      Pattern.compile("[^._].*\\.(png|jpg|jpeg)", Pattern.CASE_INSENSITIVE);

  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int PNG_END = 0x49454E44;
  private static final long LARGEST = 250_000_000L;

  static {
    // Spark adds the application's jars after ImageIO may have looked for its plugins; without
    // TwelveMonkeys a CMYK JPEG is "Unsupported Image Type"
    ImageIO.scanForPlugins();
  }

  private PictureDecoder() {}

  /** Whether a file is named as a picture. */
  public static boolean isPicture(Path file) {
    return PICTURE.matcher(file.getName()).matches();
  }

  /**
   * Decodes a picture.
   *
   * @param name of the file, for messages
   * @param content of the file
   * @throws DataException if it is not a whole PNG or JPEG file
   */
  public static DecodedImage decode(String name, byte[] content) {
    try {
      if (content.length == 0) {
        throw new IOException("it is empty");
      }
      boolean png = content.length >= 8 && ByteBuffer.wrap(content).getLong() == PNG_SIGNATURE;
      boolean jpeg = content.length >= 2 && marker(content, 0) == 0xFFD8;
      if (png) {
        checkPng(content);
      } else if (jpeg) {
        checkJpeg(content);
      } else {
        throw new IOException("it starts neither as PNG nor as JPEG does");
      }
      return rgb(read(png ? "png" : "jpeg", content)).upright(orientation(content));
    } catch (IOException | RuntimeException e) {
      // ImageIO's readers throw all kinds of runtime exceptions at damaged files
      throw new DataException(name + " is not a whole picture: " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    String cause = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
    return (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + cause;
  }

  /** Every chunk is there and has the right checksum, up to the end chunk. */
  private static void checkPng(byte[] content) throws IOException {
    ByteBuffer png = ByteBuffer.wrap(content);
    int at = 8;
    while (true) {
      if (content.length - at < 12) {
        throw new IOException("it ends before its IEND chunk");
      }
      int length = png.getInt(at);
      int type = png.getInt(at + 4);
      if (length < 0 || length > content.length - at - 12) {
        throw new IOException("it ends inside a chunk");
      }
      CRC32 crc = new CRC32();
      crc.update(content, at + 4, length + 4);
      if ((int) crc.getValue() != png.getInt(at + 8 + length)) {
        throw new IOException("the checksum of the chunk at byte " + at + " is wrong");
      }
      if (type == PNG_END) {
        return;
      }
      at += 12 + length;
    }
  }

  /**
   * The markers lead to an end-of-image marker. libjpeg fills the missing rest of a picture with
   * gray and only warns. Thumbnails, which have an end marker of their own, lie inside segments.
   */
  private static void checkJpeg(byte[] content) throws IOException {
    int at = 2;
    while (at + 1 < content.length) {
      int marker = marker(content, at);
      if (marker == 0xFFD9) {
        return;
      }
      boolean data = marker < 0xFF00 || marker == 0xFF00;
      boolean alone = marker >= 0xFFD0 && marker <= 0xFFD7 || marker == 0xFF01;
      if (data || marker == 0xFFFF) {
        at++;
      } else if (alone) {
        at += 2;
      } else if (at + 3 < content.length) {
        at += 2 + marker(content, at + 2);
      } else {
        break;
      }
    }
    throw new IOException("it ends before its end-of-image marker");
  }

  private static int marker(byte[] content, int at) {
    return (content[at] & 255) << 8 | content[at + 1] & 255;
  }

  private static BufferedImage read(String format, byte[] content) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    ImageReader reader = readers.next();
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, true, false);
      long height = reader.getHeight(0);
      long width = reader.getWidth(0);
      if (height * width > LARGEST) {
        throw new IOException(
            String.format("%dx%d is more than %d pixels", height, width, LARGEST));
      }
      BufferedImage image = reader.read(0);
      for (String warning : warnings) {
        // libjpeg's words for coded data that are missing or wrong
        if (warning.contains("premature end") || warning.contains("bad Huffman code")) {
          throw new IOException(warning);
        }
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  /** The colours as they are stored, over white where transparent. */
  private static DecodedImage rgb(BufferedImage image) {
    ColorModel model = image.getColorModel();
    ColorSpace space = model.getColorSpace();
    if (model instanceof IndexColorModel palette) {
      return samples(palette.convertToIntDiscrete(image.getRaster(), true));
    }
    if (space.getType() == ColorSpace.TYPE_RGB && !space.isCS_sRGB() && !model.hasAlpha()) {
      BufferedImage standard =
          new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
      return samples(new ColorConvertOp(null).filter(image, standard));
    }
    return samples(image);
  }

  /** Not by getRGB: it takes stored gray as linear light and brightens it. */
  private static DecodedImage samples(BufferedImage image) {
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    boolean alpha = image.getColorModel().hasAlpha();
    int colors = bands - (alpha ? 1 : 0);
    if (colors != 1 && colors != 3) {
      throw new IllegalArgumentException("it has " + colors + " color channels");
    }
    double[] white = new double[bands];
    for (int b = 0; b < bands; b++) {
      white[b] = (1L << raster.getSampleModel().getSampleSize(b)) - 1;
    }
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] pixels = new byte[height * width * 3];
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        double opacity = alpha ? row[x * bands + colors] / white[colors] : 1;
        for (int c = 0; c < 3; c++) {
          int b = colors == 1 ? 0 : c;
          pixels[(y * width + x) * 3 + c] = overWhite(row[x * bands + b] / white[b], opacity);
        }
      }
    }
    return new DecodedImage(height, width, 3, pixels);
  }

  private static byte overWhite(double value, double opacity) {
    return (byte) Math.round(255 * (value * opacity + 1 - opacity));
  }

  /** The EXIF orientation 1..8; 1, as stored, where nothing readable is said. */
  private static int orientation(byte[] content) {
    try {
      Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(content));
      for (ExifIFD0Directory exif : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
        if (exif.containsTag(ExifIFD0Directory.TAG_ORIENTATION)) {
          return exif.getInt(ExifIFD0Directory.TAG_ORIENTATION);
        }
      }
      return 1;
    } catch (ImageProcessingException | MetadataException | IOException e) {
      // the picture itself is whole: damage in its remarks does not matter
      return 1;
    }
  }
}
