package tweedie.data.picture;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The memory that pictures may take while they are decoded: half of the heap for all that this
 * process decodes at a time. A picture waits for its share, and one that is larger than all of it
 * is refused before it takes any.
 */
final class PictureMemory {

  private static final long HEAP = Runtime.getRuntime().maxMemory();
  private static final int MEGABYTE = 1 << 20;

  /** The shares, in MB. */
  private static final int ALL = (int) Math.min(Integer.MAX_VALUE, HEAP / 2 / MEGABYTE);

  private static final Semaphore FREE = new Semaphore(ALL, true);

  /** Bytes of the largest file that is read. */
  static final int LARGEST_FILE = (int) Math.min(1 << 30, HEAP / 16);

  /** Pixels of the largest picture that is read with any heap. */
  static final long LARGEST = 250_000_000L;

  private PictureMemory() {}

  /** Takes memory. */
  @FunctionalInterface
  interface Decoding<T> {

    /** Decodes. */
    T decode() throws IOException;
  }

  /** Refuses the file if it is too large. */
  static void checkFile(byte[] content) throws IOException {
    if (content.length > LARGEST_FILE) {
      throw new IOException(
          "it has more than %d MB; %s".formatted(LARGEST_FILE / MEGABYTE, moreHeap()));
    }
  }

  /** Refuses what no heap would be large enough for. */
  static void checkSize(long height, long width) throws IOException {
    if (height < 1 || width < 1 || height > LARGEST || height * width > LARGEST) {
      throw new IOException(
          "it says that it is %dx%d; pictures have 1 to %d pixels"
              .formatted(height, width, LARGEST));
    }
  }

  /**
   * Decodes once there is memory for it.
   *
   * @param bytesPerPixel what the pixels take while they are decoded
   * @throws IOException if there never is
   */
  static <T> T within(long height, long width, int bytesPerPixel, Decoding<T> decoding)
      throws IOException {
    checkSize(height, width);
    int share = (int) (height * width * bytesPerPixel / MEGABYTE) + 1;
    if (share > ALL) {
      throw new IOException(
          "it is %dx%d and takes %d MB, where pictures have %d MB; %s"
              .formatted(height, width, share, ALL, moreHeap()));
    }
    FREE.acquireUninterruptibly(share);
    try {
      return decoding.decode();
    } finally {
      FREE.release(share);
    }
  }

  private static String moreHeap() {
    return "TWEEDIE_JAVA_OPTS=-Xmx (spark-submit: --executor-memory) gives more than the heap's %d MB"
        .formatted(HEAP / MEGABYTE);
  }
}
