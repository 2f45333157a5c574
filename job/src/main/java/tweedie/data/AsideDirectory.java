package tweedie.data;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import tweedie.Causes;

/**
 * Directories that are written beside what they are to become, under a name that says which process
 * writes them, so that what a killed one left can be told from what a live one is at.
 */
public final class AsideDirectory {

  /** What no other process can be asked about is left over when it did not change for so long. */
  private static final Duration LEFT = Duration.ofDays(1);

  private static final Pattern OWNED = Pattern.compile("([0-9a-f]+)-(\\d+)-(\\d+)-[0-9a-f-]{36}");

  private AsideDirectory() {}

  /** A new name beside {@code path}, on the same file system. */
  public static Path of(Path path) {
    ProcessHandle process = ProcessHandle.current();
    return FileSystems.child(
        path.getParent(),
        "%s%s-%d-%d-%s.tmp"
            .formatted(
                prefix(path), processSpace(), process.pid(), started(process), UUID.randomUUID()));
  }

  /**
   * Sees, before any work is done for it, that an output is not there yet and can be made, and
   * sweeps what killed processes left beside it.
   *
   * @param kind what it is to be, a directory or a file
   * @throws DataException if it is there, or cannot be made
   */
  public static void requireNew(FileSystem files, Path output, String kind) {
    try {
      if (files.exists(output)) {
        throw new DataException("%s already exists; name a new %s".formatted(output, kind));
      }
      sweep(files, output);
      Path there = output.getParent();
      while (!files.exists(there)) {
        there = there.getParent();
      }
      if (!files.getFileStatus(there).isDirectory()) {
        throw new DataException(
            "%s cannot be written: %s is a file, not a directory".formatted(output, there));
      }
      Path probe = of(new Path(there, "probe"));
      if (!files.mkdirs(probe)) {
        throw new DataException(
            "%s cannot be written: nothing can be made in the directory %s"
                .formatted(output, there));
      }
      files.delete(probe, true);
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be written: %s".formatted(output, Causes.firstLine(e.getMessage())), e);
    }
  }

  private static String prefix(Path path) {
    return "." + path.getName() + ".";
  }

  /**
   * Deletes what is left beside {@code path}: directories of processes of this machine and
   * container that have ended, and others in which nothing changed for a day.
   *
   * @throws IOException if the file system fails
   */
  static void sweep(FileSystem files, Path path) throws IOException {
    if (!files.exists(path.getParent())) {
      return;
    }
    for (FileStatus entry : files.listStatus(path.getParent())) {
      String name = entry.getPath().getName();
      if (entry.isDirectory() && name.startsWith(prefix(path)) && name.endsWith(".tmp")) {
        String owner = name.substring(prefix(path).length(), name.length() - ".tmp".length());
        if (gone(owner).orElse(false) || unchanged(files, entry)) {
          files.delete(entry.getPath(), true);
        }
      }
    }
  }

  /** Whether the process has ended; empty where this one cannot know. */
  private static Optional<Boolean> gone(String owner) {
    Matcher named = OWNED.matcher(owner);
    if (!named.matches() || !named.group(1).equals(processSpace())) {
      return Optional.empty();
    }
    try {
      Optional<ProcessHandle> process =
          ProcessHandle.of(Long.parseLong(named.group(2))).filter(ProcessHandle::isAlive);
      return Optional.of(
          process.isEmpty() || started(process.get()) != Long.parseLong(named.group(3)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean unchanged(FileSystem files, FileStatus directory) throws IOException {
    long newest = directory.getModificationTime();
    RemoteIterator<LocatedFileStatus> inside = files.listFiles(directory.getPath(), true);
    while (inside.hasNext()) {
      newest = Math.max(newest, inside.next().getModificationTime());
    }
    return Instant.ofEpochMilli(newest).plus(LEFT).isBefore(Instant.now());
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Where numbers of processes are unique: this boot of the machine, and the container. */
  private static String processSpace() {
    try {
      return Integer.toHexString(
          (Files.readString(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id"))
                  + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid")))
              .hashCode());
    } catch (IOException | UnsupportedOperationException e) {
      return "0" + UUID.randomUUID().toString().replace("-", ""); // nobody's
    }
  }
}
