package tweedie.data.array;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import tweedie.data.DataException;
import tweedie.data.InputFiles;

/** The entries of a .npz file, all of which agree with the file's central directory. */
final class NpzArchive implements Closeable {

  /** No deflated byte stands for more. */
  private static final int MOST_INFLATED = 1032;

  private static final int BUFFER = 1 << 16;

  private final String uri;
  private final ZipFile zip;
  private final List<ZipArchiveEntry> entries;

  private NpzArchive(String uri, ZipFile zip) {
    this.uri = uri;
    this.zip = zip;
    this.entries = Collections.list(zip.getEntries());
  }

  /**
   * Opens a file and reads its directory.
   *
   * @throws DataException if there is none, or it is damaged or not a .npz file
   * @throws IOException if it cannot be read
   */
  static NpzArchive open(String uri, Configuration conf) throws IOException {
    FileStatus status = InputFiles.status(uri, conf);
    if (status.isDirectory()) {
      throw new DataException(uri + " is a directory, not a .npz file");
    }
    FSDataInputStream file = InputFiles.open(status.getPath(), conf);
    try {
      byte[] start = new byte[2];
      boolean zip = file.read(start) == 2 && start[0] == 'P' && start[1] == 'K';
      if (!zip) {
        throw new DataException(uri + " is not a .npz file: no zip entry is in it");
      }
      NpzArchive archive =
          new NpzArchive(uri, new ZipFile(new Channel(file, status.getLen()), uri, "UTF8", false));
      archive.checkSizes(status.getLen());
      return archive;
    } catch (DataException e) {
      file.close();
      throw e;
    } catch (IOException | RuntimeException e) { // the library's, of what no zip holds
      file.close();
      throw damaged(uri, e);
    }
  }

  private static DataException damaged(String uri, Exception e) {
    return new DataException("%s is damaged: %s".formatted(uri, e.getMessage()), e);
  }

  /** Before anything is decompressed: no entry can be larger than its bytes can stand for. */
  private void checkSizes(long length) {
    long compressed = 0;
    for (ZipArchiveEntry entry : entries) {
      long size = entry.getSize();
      compressed += Math.max(0, entry.getCompressedSize());
      if (!zip.canReadEntryData(entry)) {
        throw of(entry, "is encrypted, or compressed otherwise than NumPy does");
      }
      if (size < 0
          || entry.getCompressedSize() < 0
          || compressed > length
          || size / MOST_INFLATED > entry.getCompressedSize()) {
        throw of(
            entry,
            "cannot have the %d bytes, of %d, that the file's directory says"
                .formatted(size, entry.getCompressedSize()));
      }
    }
  }

  private DataException of(ZipArchiveEntry entry, String what) {
    return new DataException("%s, array %s %s".formatted(uri, name(entry), what));
  }

  private static String name(ZipArchiveEntry entry) {
    return entry.getName().replaceFirst("\\.npy$", "").replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * The entry of an array.
   *
   * @throws DataException if there is none, or more than one
   */
  ZipArchiveEntry array(String name) {
    List<String> others = new ArrayList<>();
    List<ZipArchiveEntry> found = new ArrayList<>();
    for (ZipArchiveEntry entry : entries) {
      if (entry.getName().equals(name + ".npy")) {
        found.add(entry);
      } else {
        others.add(name(entry) + (entry.getName().endsWith(".npy") ? ".npy" : ""));
      }
    }
    if (found.size() > 1) {
      throw new DataException("%s has %d arrays %s".formatted(uri, found.size(), name));
    }
    if (found.isEmpty()) {
      throw new DataException(
          others.isEmpty()
              ? uri + " is not a .npz file: no zip entry is in it"
              : "%s has no array %s, only %s; numpy.savez(FILE, %s) writes it"
                  .formatted(
                      uri, name, others, name.equals(NpzReader.FIRST) ? "images" : name + "=.."));
    }
    return found.get(0);
  }

  /** The names of the arrays. */
  List<String> names() {
    return entries.stream().map(NpzArchive::name).toList();
  }

  /** The decompressed bytes of an entry. */
  InputStream open(ZipArchiveEntry entry) throws IOException {
    try {
      return new BufferedInputStream(zip.getInputStream(entry), BUFFER);
    } catch (RuntimeException e) {
      throw damaged(uri, e);
    }
  }

  /**
   * Reads all entries to their ends.
   *
   * @throws DataException if one has not the length or the checksum that the directory says
   */
  void check() throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (ZipArchiveEntry entry : entries) {
      CRC32 crc = new CRC32();
      long length = 0;
      try (InputStream in = open(entry)) {
        for (int n = in.read(buffer); n >= 0 && length <= entry.getSize(); n = in.read(buffer)) {
          crc.update(buffer, 0, n);
          length += n;
        }
      } catch (IOException | RuntimeException e) {
        throw new DataException(
            "%s, array %s is damaged: %s".formatted(uri, name(entry), e.getMessage()), e);
      }
      if (length != entry.getSize()) {
        throw of(
            entry,
            "is damaged: it has %s %d bytes that the file's directory says"
                .formatted(
                    length < entry.getSize() ? "less than the" : "more than the", entry.getSize()));
      }
      if (crc.getValue() != entry.getCrc()) {
        throw of(entry, "is damaged: its checksum (CRC) is not that of the file's directory");
      }
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Hadoop's stream as the library wants it. */
  private static final class Channel implements SeekableByteChannel {

    private final FSDataInputStream in;
    private final long size;
    private boolean open = true;

    Channel(FSDataInputStream in, long size) {
      this.in = in;
      this.size = size;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      byte[] bytes = new byte[Math.min(into.remaining(), BUFFER)];
      int n = in.read(bytes, 0, bytes.length);
      if (n > 0) {
        into.put(bytes, 0, n);
      }
      return n;
    }

    @Override
    public long position() throws IOException {
      return in.getPos();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      in.seek(position);
      return this;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() throws IOException {
      open = false;
      in.close();
    }

    @Override
    public int write(ByteBuffer bytes) {
      throw new UnsupportedOperationException("A file that is read");
    }

    @Override
    public SeekableByteChannel truncate(long length) {
      throw new UnsupportedOperationException("A file that is read");
    }
  }
}
