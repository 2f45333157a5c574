package tweedie.data;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Local files as a person expects them of Hadoop. Of its own (3.3), a disk that is full throws an
 * {@link FSError}, which is no exception and passes every catch; a file whose name has a colon
 * cannot be opened; and each file that is made starts a process, {@code chmod}, where Hadoop's
 * native library is absent.
 */
final class LocalDisk extends LocalFileSystem {

  LocalDisk() {
    super(new Raw());
  }

  @Override
  public Path getChecksumFile(Path file) {
    return FileSystems.child(file.getParent(), "." + file.getName() + ".crc");
  }

  static class Raw extends RawLocalFileSystem {

    @Override
    protected OutputStream createOutputStreamWithMode(
        Path path, boolean append, FsPermission permission) throws IOException {
      return new Output(super.createOutputStreamWithMode(path, append, permission));
    }

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (permission.getStickyBit()) {
        super.setPermission(path, permission);
      } else {
        Files.setPosixFilePermissions(
            pathToFile(path).toPath(), PosixFilePermissions.fromString(permission.toString()));
      }
    }
  }

  /** What is written to a file, with failures that are exceptions. */
  private static final class Output extends FilterOutputStream
      implements Syncable, StreamCapabilities {

    Output(OutputStream file) {
      super(file);
    }

    @Override
    public void write(int value) throws IOException {
      try {
        out.write(value);
      } catch (FSError e) {
        throw exception(e);
      }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (FSError e) {
        throw exception(e);
      }
    }

    @Override
    public void hflush() throws IOException {
      ((Syncable) out).hflush();
    }

    @Override
    public void hsync() throws IOException {
      ((Syncable) out).hsync();
    }

    @Override
    public boolean hasCapability(String capability) {
      return ((StreamCapabilities) out).hasCapability(capability);
    }
  }

  /** The exception that Hadoop made an error of. */
  static IOException exception(FSError e) {
    return e.getCause() instanceof IOException cause ? cause : new IOException(e);
  }
}
