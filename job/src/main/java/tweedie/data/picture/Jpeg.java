package tweedie.data.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What a JPEG file's pixels, their colours and its orientation need: of its application segments
 * those of JFIF and Adobe, which say what the channels are, the colour profile and Exif.
 */
final class Jpeg {

  private static final int END = 0xFFD9;
  private static final int SCAN = 0xFFDA;
  private static final int COMMENT = 0xFFFE;
  private static final int APP0 = 0xFFE0;
  private static final int APP1 = 0xFFE1;
  private static final int APP2 = 0xFFE2;
  private static final int APP14 = 0xFFEE;
  private static final int APP15 = 0xFFEF;
  private static final String ICC = "ICC_PROFILE\0";
  private static final String EXIF = "Exif\0\0";

  /** A progressive picture has some ten; thousands only cost time. */
  private static final int MOST_SCANS = 500;

  private final byte[] content;
  private final ByteArrayOutputStream needed;
  private final TreeMap<Integer, byte[]> profile = new TreeMap<>();
  private byte[] exif;
  private int height;
  private int width;
  private int components;
  private int scans;

  /**
   * Follows the markers to the end-of-image marker. libjpeg fills the missing rest of a picture
   * with gray and only warns. Thumbnails, which have an end marker of their own, lie inside
   * segments.
   *
   * @throws IOException if they do not lead there
   */
  Jpeg(byte[] content) throws IOException {
    this.content = content;
    this.needed = new ByteArrayOutputStream(content.length);
    needed.write(content, 0, 2);
    int at = 2;
    boolean scan = false;
    while (at + 1 < content.length) {
      int marker = number(at);
      boolean data = marker < 0xFF00 || marker == 0xFF00;
      boolean alone = marker >= 0xFFD0 && marker <= 0xFFD7 || marker == 0xFF01;
      if (marker == END) {
        needed.write(content, at, 2);
        checkFrame();
        return;
      } else if (data || marker == 0xFFFF) {
        int from = at;
        do { // what stands outside of scans is not the picture's
          at++;
        } while (at + 1 < content.length && content[at] != (byte) 0xFF);
        if (scan) {
          needed.write(content, from, at - from);
        }
      } else if (alone) {
        if (scan) {
          needed.write(content, at, 2);
        }
        at += 2;
      } else if (at + 3 < content.length && at + 2 + number(at + 2) <= content.length) {
        int length = number(at + 2);
        if (length < 2) {
          throw new IOException("it has a segment of %d bytes".formatted(length));
        }
        take(marker, at + 4, length - 2);
        scan = marker == SCAN;
        at += 2 + length;
      } else {
        break;
      }
    }
    throw new IOException("it ends before its end-of-image marker");
  }

  private int number(int at) {
    return (content[at] & 255) << 8 | content[at + 1] & 255;
  }

  private void take(int marker, int start, int length) throws IOException {
    boolean frame =
        marker >= 0xFFC0
            && marker <= 0xFFCF
            && marker != 0xFFC4
            && marker != 0xFFC8
            && marker != 0xFFCC;
    if (frame && height == 0 && length >= 6) {
      height = number(start + 1);
      width = number(start + 3);
      components = content[start + 5] & 255;
    } else if (frame) {
      throw new IOException("it has two pictures in it");
    }
    if (marker == SCAN && ++scans > MOST_SCANS) {
      throw new IOException("it has more than %d scans".formatted(MOST_SCANS));
    }
    if (marker == APP1 && exif == null && starts(start, length, EXIF)) {
      exif = Arrays.copyOfRange(content, start + EXIF.length(), start + length);
    }
    if (marker == APP2 && starts(start, length, ICC) && length > ICC.length() + 2) {
      int number = content[start + ICC.length()] & 255;
      profile.putIfAbsent(
          number, Arrays.copyOfRange(content, start + ICC.length() + 2, start + length));
    }
    boolean jfif = marker == APP0 && starts(start, length, "JFIF\0") && length >= 14;
    boolean adobe = marker == APP14 && starts(start, length, "Adobe") && length >= 12;
    boolean application = marker >= APP0 && marker <= APP15;
    if (jfif) { // without its thumbnail
      byte[] header = Arrays.copyOfRange(content, start - 4, start + 14);
      header[3] = 16;
      header[2] = 0;
      header[16] = 0;
      header[17] = 0;
      needed.write(header, 0, header.length);
    } else if (adobe || !application && marker != COMMENT) {
      needed.write(content, start - 4, length + 4);
    }
  }

  private boolean starts(int start, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return length >= bytes.length
        && Arrays.equals(content, start, start + bytes.length, bytes, 0, bytes.length);
  }

  private void checkFrame() throws IOException {
    if (height == 0 || width == 0 || scans == 0) {
      throw new IOException(
          "it says that it is %dx%d, in %d scans".formatted(height, width, scans));
    }
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** What Exif says; null where nothing. */
  byte[] exif() {
    return exif;
  }

  /** The colour profile; null where there is none that is whole. */
  byte[] profile() {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    profile.values().forEach(part -> joined.write(part, 0, part.length));
    return joined.size() == 0 ? null : joined.toByteArray();
  }

  /** Whether its colours are inks, which the profile, or a rule of thumb, turns into light. */
  boolean inks() {
    return components == 4;
  }

  /** A file of what the pixels need; where they are inks, with the profile. */
  byte[] needed() {
    byte[] picture = needed.toByteArray();
    if (!inks() || profile.isEmpty()) {
      return picture;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(content.length);
    whole.write(picture, 0, 2);
    int last = profile.lastKey();
    profile.forEach(
        (number, part) -> {
          int length = 2 + ICC.length() + 2 + part.length;
          whole.write(APP2 >> 8);
          whole.write(APP2);
          whole.write(length >> 8);
          whole.write(length);
          whole.writeBytes(ICC.getBytes(StandardCharsets.ISO_8859_1));
          whole.write(number);
          whole.write(last);
          whole.writeBytes(part);
        });
    whole.write(picture, 2, picture.length - 2);
    return whole.toByteArray();
  }
}
