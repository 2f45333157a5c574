package tweedie.data.array;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;

/**
 * A whole array of a .npz file.
 *
 * @param shape its axes
 * @param values its numbers, the last axis fastest; those of uint8 are 0..255
 */
public record NpzNumbers(List<Long> shape, double[] values) {

  /** Bytes of the largest array that is read. */
  private static final long MOST = 1L << 29;

  /**
   * Reads an array, after all of the file has been seen to be whole.
   *
   * @throws DataException if the file is damaged or has no such array
   * @throws IOException if it cannot be read
   */
  public static NpzNumbers read(String uri, String name, Configuration conf) throws IOException {
    try (NpzArchive archive = NpzArchive.open(uri, conf)) {
      ZipArchiveEntry entry = archive.array(name);
      archive.check();
      try (InputStream in = archive.open(entry)) {
        NpyHeader header = NpyHeader.read(in);
        if (header.bytes() > MOST) {
          throw new IllegalArgumentException("its shape %s is too large".formatted(header.shape()));
        }
        byte[] bytes = in.readNBytes((int) header.bytes());
        if (bytes.length != header.bytes() || in.read() >= 0) {
          throw new IllegalArgumentException(
              "its shape %s needs %d bytes of numbers, and there are others"
                  .formatted(header.shape(), header.bytes()));
        }
        return new NpzNumbers(header.shape(), header.type().doubles(bytes));
      } catch (IllegalArgumentException e) {
        throw new DataException("%s, array %s: %s".formatted(uri, name, e.getMessage()), e);
      }
    }
  }
}
