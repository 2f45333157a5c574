package tweedie.data.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import tweedie.data.DataException;

/**
 * Decodes a PNG, JPEG, TIFF, WebP or BMP file to upright 8-bit sRGB; a damaged file is an error.
 * What a file is, is told by its content and not by its name.
 */
public final class PictureDecoder {

  /** The names of pictures, for messages. */
  public static final String NAMES = "*.png, *.jpg, *.jpeg, *.tif, *.tiff, *.webp or *.bmp";

  private static final Pattern PICTURE =
      Pattern.compile(
          "[^.].*\\.(png|jpe?g|tiff?|webp|bmp)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** How often a reader may ask for more than there is. */
  private static final int MOST_BEYOND = 1_000_000;

  static {
    // Spark adds the application's jars after ImageIO may have looked for its plugins; without
    // TwelveMonkeys there is no WebP, and a CMYK JPEG is "Unsupported Image Type"
    ImageIO.scanForPlugins();
  }

  private PictureDecoder() {}

  /** Whether a file of this name is a picture by its name, and not hidden. */
  public static boolean isPicture(String name) {
    return PICTURE.matcher(name).matches();
  }

  /**
   * Decodes a picture.
   *
   * @param name of the file, for messages
   * @param content of the file
   * @throws DataException if it is not a whole picture, or too large for this process
   */
  public static DecodedImage decode(String name, byte[] content) {
    try {
      if (content.length == 0) {
        throw new IOException("it is empty");
      }
      PictureMemory.checkFile(content);
      Optional<PictureFormat> format = PictureFormat.of(content);
      if (format.filter(PictureFormat::read).isEmpty()) {
        throw new DataException(
            "%s is %s; PNG, JPEG, TIFF, WebP and BMP pictures are read"
                .formatted(
                    name,
                    format
                        .map(PictureFormat::toString)
                        .orElse("not a whole picture: it starts as none does")));
      }
      return switch (format.get()) {
        case PNG -> png(new Png(content));
        case JPEG -> jpeg(new Jpeg(content));
        default -> other(format.get(), content);
      };
    } catch (IOException | RuntimeException e) {
      if (e instanceof DataException) {
        throw (DataException) e;
      }
      // ImageIO's readers throw all kinds of runtime exceptions at damaged files
      throw new DataException(name + " is not a whole picture: " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    String cause = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
    if (e.getMessage() != null) {
      return e.getMessage() + cause;
    }
    return e instanceof EOFException ? "it ends early" : "what follows its header makes no sense";
  }

  /** Bytes of a pixel besides those that the reader gives: as sRGB, converted to it, turned. */
  static int bytesPerPixel(boolean converted, boolean turned) {
    return 3 + (converted ? 6 : 0) + (turned ? 3 : 0);
  }

  private static DecodedImage png(Png png) throws IOException {
    return PictureMemory.within(
        png.header().height(),
        png.header().width(),
        png.bytesPerPixel(),
        () -> {
          BufferedImage image = read(PictureFormat.PNG, png.needed());
          if (png.checkIndices()) {
            checkIndices(image, png.colours());
          }
          return Colours.rgb(image, png.profile(), png.transparent())
              .upright(PictureTags.orientation(png.exif()));
        });
  }

  private static void checkIndices(BufferedImage image, int colours) throws IOException {
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int index : image.getRaster().getPixels(0, y, row.length, 1, row)) {
        if (index >= colours) {
          throw new IOException(
              "a pixel has the colour %d of a palette of %d".formatted(index, colours));
        }
      }
    }
  }

  private static DecodedImage jpeg(Jpeg jpeg) throws IOException {
    return PictureMemory.within(
        jpeg.height(),
        jpeg.width(),
        4 + bytesPerPixel(jpeg.profile() != null, jpeg.exif() != null),
        () ->
            Colours.rgb(
                    read(PictureFormat.JPEG, jpeg.needed()),
                    jpeg.inks() ? null : jpeg.profile(),
                    null)
                .upright(PictureTags.orientation(jpeg.exif())));
  }

  private static DecodedImage other(PictureFormat format, byte[] content) throws IOException {
    checkLength(format, content);
    if (format == PictureFormat.TIFF) {
      PictureTags.checkStrips(content);
    }
    ImageReader reader = reader(format);
    try (ImageInputStream in = open(content)) {
      reader.setInput(in, false, false);
      long height = reader.getHeight(0);
      long width = reader.getWidth(0);
      return PictureMemory.within(
          height,
          width,
          8 + bytesPerPixel(true, true),
          () -> {
            checkPages(reader, height, width);
            return Colours.rgb(reader.read(0), null, null)
                .upright(PictureTags.orientation(format, content));
          });
    } finally {
      reader.dispose();
    }
  }

  /** The formats that say how long the file is. */
  private static void checkLength(PictureFormat format, byte[] content) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    long length =
        switch (format) {
          case WEBP -> Integer.toUnsignedLong(header.getInt(4)) + 8;
          case BMP -> Integer.toUnsignedLong(header.getInt(2));
          default -> 0;
        };
    if (length > content.length) {
      throw new IOException(
          "it says that it has %d bytes, and has %d".formatted(length, content.length));
    }
    if (format == PictureFormat.WEBP
        && content.length > 20
        && header.getInt(12) == 0x58385056 // VP8X
        && (content[20] & 2) != 0) {
      throw new IOException("it is animated; only a still picture can be read");
    }
  }

  /** A file may hold smaller versions of its picture, but no other. */
  private static void checkPages(ImageReader reader, long height, long width) throws IOException {
    int pages = reader.getNumImages(true);
    for (int page = 1; page < pages; page++) {
      if (reader.getHeight(page) >= height && reader.getWidth(page) >= width) {
        throw new IOException("it has %d pages; a picture is one page".formatted(pages));
      }
    }
  }

  private static ImageInputStream open(byte[] content) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(content)) {
      private int beyond;

      @Override
      public int read() throws IOException {
        return counted(super.read());
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        return counted(super.read(into, from, length));
      }

      /** The reader of WebP goes on and on at the end of a file that is cut off. */
      private int counted(int read) {
        if (read < 0 && ++beyond > MOST_BEYOND) {
          throw new IllegalStateException("it ends before its picture does");
        }
        return read;
      }
    };
  }

  /** TwelveMonkeys' reader where it has one, whatever the JDK has besides; for PNG the JDK's. */
  private static ImageReader reader(PictureFormat format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    ImageReader chosen = readers.next();
    while (readers.hasNext()) {
      ImageReader other = readers.next();
      boolean better = other.getClass().getName().startsWith("com.twelvemonkeys.");
      (better ? chosen : other).dispose();
      chosen = better ? other : chosen;
    }
    return chosen;
  }

  private static BufferedImage read(PictureFormat format, byte[] content) throws IOException {
    ImageReader reader = reader(format);
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream in = open(content)) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, true, false);
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
}
