package tweedie.data.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.SourceImage;

/**
 * Where images come from before they are imported: files in a known format, or something that draws
 * them.
 *
 * <p>A source lists its parts on the driver without reading them; parts are then read in parallel
 * in tasks. The order of the images is the order of the parts and, inside a part, that of its
 * stream, and it does not depend on who reads them.
 */
public interface ImageSource extends Serializable {

  /** Whether pixels are 8-bit (images) or floats (vectors). */
  default boolean eightBit() {
    return true;
  }

  /**
   * Whether an image can be damaged and the rest of its part good; otherwise a part is good or
   * damaged as a whole.
   */
  default boolean imagesStandAlone() {
    return false;
  }

  /**
   * Lists the parts in order.
   *
   * @throws DataException if the input is missing, or nothing in it is of this source's format
   * @throws IOException if the file system fails
   */
  Listing list(Configuration conf) throws IOException;

  /**
   * What a source consists of.
   *
   * @param parts what to read, in order; at least one
   * @param ignored files that lie in the input and are not read, each with the reason
   * @param unreadable files that should be read and cannot be looked at, each with the reason
   * @param classes names of the classes, whose places are the labels; empty where they have none
   */
  record Listing(
      List<Part> parts, List<String> ignored, List<String> unreadable, List<String> classes) {

    /** All of the input can be looked at, and its classes have no names. */
    public Listing(List<Part> parts, List<String> ignored) {
      this(parts, ignored, List.of(), List.of());
    }
  }

  /** The smallest thing that is read by one task. */
  interface Part extends Serializable {

    /** The file it is read from, or what it is. */
    String name();

    /** Fewest images it holds when it is not damaged. */
    default long atLeast() {
      return 1;
    }

    /**
     * Opens it.
     *
     * @throws DataException if it is damaged
     * @throws IOException if the file system fails
     */
    Images open(Configuration conf) throws IOException;
  }

  /** The images of a part, one after another. */
  interface Images extends Closeable {

    /**
     * The next image, or null after the last one.
     *
     * @throws DataException if the part turns out to be damaged; or this image alone, after which
     *     the next one is asked for, see {@link ImageSource#imagesStandAlone}
     * @throws IOException if the file system fails
     */
    SourceImage next() throws IOException;

    @Override
    default void close() throws IOException {}
  }
}
