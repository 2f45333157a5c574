package tweedie.data.picture;

import com.drew.imaging.riff.RiffProcessingException;
import com.drew.imaging.tiff.TiffMetadataReader;
import com.drew.imaging.tiff.TiffProcessingException;
import com.drew.imaging.webp.WebpMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Array;

/** What the tags of TIFF, in which Exif is written too, say of a picture. */
final class PictureTags {

  private static final int[][] PIECES = {{0x111, 0x117}, {0x144, 0x145}};

  private PictureTags() {}

  /**
   * The pieces that a TIFF's pixels are in lie in the file: JPEG and Deflate in them do not tell.
   *
   * @throws IOException if one does not
   */
  static void checkStrips(byte[] content) throws IOException {
    ExifIFD0Directory first;
    try {
      first =
          TiffMetadataReader.readMetadata(new ByteArrayReader(content))
              .getFirstDirectoryOfType(ExifIFD0Directory.class);
    } catch (TiffProcessingException | RuntimeException e) {
      return; // the reader of pictures will say what is wrong
    }
    for (int[] tags : PIECES) {
      long[] starts = first == null ? new long[0] : numbers(first.getObject(tags[0]));
      long[] lengths = first == null ? new long[0] : numbers(first.getObject(tags[1]));
      for (int i = 0; i < Math.min(starts.length, lengths.length); i++) {
        if (starts[i] + lengths[i] > content.length) {
          throw new IOException(
              "it ends at byte %d, before its pixels do".formatted(content.length));
        }
      }
    }
  }

  private static long[] numbers(Object tag) {
    if (tag instanceof Number number) {
      return new long[] {number.longValue()};
    }
    if (tag == null || !tag.getClass().isArray()) {
      return new long[0];
    }
    long[] numbers = new long[Array.getLength(tag)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Array.get(tag, i) instanceof Number number ? number.longValue() : 0;
    }
    return numbers;
  }

  /** The EXIF orientation 1..8; 1, as stored, where nothing readable is said. */
  static int orientation(byte[] exif) {
    if (exif == null) {
      return 1;
    }
    try {
      Metadata metadata = new Metadata();
      new ExifReader().extract(new ByteArrayReader(exif), metadata);
      return orientation(metadata);
    } catch (MetadataException | RuntimeException e) {
      return 1; // the picture itself is whole: damage in its remarks does not matter
    }
  }

  /** The same of a format that has it among its own tags. */
  static int orientation(PictureFormat format, byte[] content) {
    try {
      return switch (format) {
        case TIFF -> orientation(TiffMetadataReader.readMetadata(new ByteArrayReader(content)));
        case WEBP ->
            orientation(WebpMetadataReader.readMetadata(new ByteArrayInputStream(content)));
        default -> 1;
      };
    } catch (TiffProcessingException
        | RiffProcessingException
        | MetadataException
        | IOException
        | RuntimeException e) {
      return 1;
    }
  }

  private static int orientation(Metadata metadata) throws MetadataException {
    for (ExifIFD0Directory exif : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
      if (exif.containsTag(ExifIFD0Directory.TAG_ORIENTATION)) {
        return exif.getInt(ExifIFD0Directory.TAG_ORIENTATION);
      }
    }
    return 1;
  }
}
