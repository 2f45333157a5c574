package tweedie.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a GPU for one worker among all processes of a machine, or of a container, that share a
 * directory for temporary files. The operating system gives it back when a process ends.
 */
public final class GpuLease implements AutoCloseable {

  private final FileChannel file;

  private GpuLease(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes {@code gpu}.
   *
   * @throws DeviceException if another worker has it
   */
  public static GpuLease take(Gpu gpu) {
    return take(gpu, Path.of(System.getProperty("java.io.tmpdir")));
  }

  static GpuLease take(Gpu gpu, Path directory) {
    Path path =
        directory.resolve("tweedie-%s.lock".formatted(gpu.uuid().replaceAll("[^\\w-]", "_")));
    try {
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(file) == null) {
        file.close();
        throw new DeviceException(
            "Two workers on one GPU: %d, %s, is in use by another task. Each worker needs one of its own: set spark.task.resource.gpu.amount = 1, let executors on one machine find different GPUs, and in local mode use --master local[1]"
                .formatted(gpu.index(), gpu.name()));
      }
      return new GpuLease(file);
    } catch (IOException e) {
      throw new DeviceException(
          "%s cannot be locked, which keeps two workers from one GPU: %s"
              .formatted(path, e.getMessage()));
    }
  }

  /** Null if another process has locked it, or this one, for which Java has an exception. */
  private static FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
