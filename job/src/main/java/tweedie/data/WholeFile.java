package tweedie.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import tweedie.Causes;

/** Files that are there whole or not at all: written aside, then renamed over what was there. */
public final class WholeFile {

  /** Files that were written aside; those of earlier versions do not tell by whom. */
  private static final Pattern ASIDE =
      Pattern.compile(
          "\\.(?<name>.+?)\\.(?:(?<writer>[0-9a-f]+-\\d+-\\d+)\\.[0-9a-f]{8}|[0-9a-f-]{36})\\.tmp");

  private static final int PART_OF_HEAP = 8;
  private static final int PROBED_BYTES = 4096;
  private static final Duration ABANDONED = Duration.ofDays(1);

  private WholeFile() {}

  /**
   * Writes {@code content} to {@code path}.
   *
   * @throws IOException if it cannot be written; {@code path} then holds what it held before
   */
  public static void write(FileSystem files, Path path, byte[] content) throws IOException {
    write(
        files,
        path,
        (Path aside) -> {
          try (FSDataOutputStream out = files.create(aside, true)) {
            out.write(content);
            out.hsync();
          }
        });
  }

  /** Writes a file at a path that is not yet its own. */
  @FunctionalInterface
  public interface Writer {

    /** Writes the whole file. */
    void write(Path aside) throws IOException;
  }

  /**
   * Lets {@code writer} write aside what {@code path} is to hold.
   *
   * @throws IOException if it cannot be written; {@code path} then holds what it held before
   */
  public static void write(FileSystem files, Path path, Writer writer) throws IOException {
    Path aside = aside(path);
    try {
      writer.write(aside);
      replace(files, aside, path);
    } catch (FSError e) { // of a file system of Hadoop's own, whose disk is full
      delete(files, aside, e);
      throw unwritten(path, LocalDisk.exception(e));
    } catch (IOException e) {
      delete(files, aside, e);
      throw unwritten(path, e);
    } catch (RuntimeException | Error e) {
      delete(files, aside, e);
      throw e;
    }
  }

  private static IOException unwritten(Path path, IOException e) {
    return new IOException("%s cannot be written: %s".formatted(path, e.getMessage()), e);
  }

  /**
   * Makes sure of the same for an output that must not be there.
   *
   * @param kind what it is to be, a directory or a file
   * @throws DataException if it is there, or cannot be written
   */
  public static void requireNew(FileSystem files, Path path, String kind) {
    try {
      if (files.exists(path)) {
        throw new DataException("%s already exists; name a new %s".formatted(path, kind));
      }
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be written: %s".formatted(path, Causes.firstLine(e.getMessage())), e);
    }
    prepare(files, path);
  }

  /**
   * Makes sure, before there is work done for it, that {@code path} can be written, and deletes
   * what processes that were killed had begun to write aside for it.
   *
   * @throws DataException if it cannot be
   */
  public static void prepare(FileSystem files, Path path) {
    try {
      Path directory = files.makeQualified(path).getParent();
      if (directory == null) {
        throw new IOException("it is a root directory");
      }
      sweepAbandoned(files, directory, path.getName());
      while (!files.exists(directory) && directory.getParent() != null) {
        directory = directory.getParent();
      }
      if (!files.getFileStatus(directory).isDirectory()) {
        throw new IOException(directory + " is a file");
      }
      probe(files, directory);
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be written: %s".formatted(path, Causes.root(e).getMessage()), e);
    }
  }

  private static void delete(FileSystem files, Path aside, Throwable failure) {
    try {
      files.delete(aside, true);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Writes and deletes a small file.
   *
   * @throws IOException if the directory cannot be written
   */
  public static void probe(FileSystem files, Path directory) throws IOException {
    Path probe = aside(new Path(directory, "probe"));
    try (FSDataOutputStream out = files.create(probe, true)) {
      out.write(new byte[PROBED_BYTES]);
    } finally {
      files.delete(probe, false);
    }
  }

  /**
   * Where to write what {@code path} is to become: a new name beside it, on the same file system,
   * which tells the process that writes.
   */
  public static Path aside(Path path) {
    return FileSystems.child(
        path.getParent(),
        ".%s.%s.%08x.tmp"
            .formatted(
                path.getName(), ProcessId.OWN.inName(), ThreadLocalRandom.current().nextInt()));
  }

  /** Writes {@code text} in UTF-8 to {@code path}. */
  public static void write(FileSystem files, Path path, String text) throws IOException {
    write(files, path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** All of a file, as UTF-8. */
  public static String read(FileSystem files, Path path) throws IOException {
    return new String(bytes(files, path), StandardCharsets.UTF_8);
  }

  /**
   * All of a file.
   *
   * @throws DataException if it is too large for the memory there is
   */
  public static byte[] bytes(FileSystem files, Path path) throws IOException {
    long length = files.getFileStatus(path).getLen();
    long most = Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    if (length > most) {
      throw new DataException(
          "%s has %d bytes; a file that is read at once has at most %d, a %dth of Java's heap"
              .formatted(path, length, most, PART_OF_HEAP));
    }
    try (FSDataInputStream in = files.open(path)) {
      return in.readAllBytes();
    }
  }

  /**
   * Deletes what processes that were killed had begun to write aside in {@code directory}, into
   * which nobody but the caller writes.
   */
  public static void sweep(FileSystem files, Path directory) throws IOException {
    for (FileStatus entry : files.listStatus(directory)) {
      if (entry.isFile() && entry.getPath().getName().matches("\\..*\\.tmp")) {
        files.delete(entry.getPath(), false);
      }
    }
  }

  /**
   * The same where others may write: deletes only what was written aside by a process that is gone,
   * or was not written to for a day.
   *
   * @param name of the file that was to be written; empty for all
   */
  public static void sweepAbandoned(FileSystem files, Path directory, String name)
      throws IOException {
    if (!files.exists(directory)) {
      return;
    }
    for (FileStatus entry : files.listStatus(directory)) {
      Matcher aside = ASIDE.matcher(entry.getPath().getName());
      if (aside.matches()
          && (name.isEmpty() || name.equals(aside.group("name")))
          && isAbandoned(files, entry, aside.group("writer"))) {
        files.delete(entry.getPath(), true);
      }
    }
  }

  private static boolean isAbandoned(FileSystem files, FileStatus aside, String writer)
      throws IOException {
    if (writer != null && ProcessId.isGone(writer)) {
      return true;
    }
    long newest = aside.getModificationTime();
    if (aside.isDirectory()) {
      RemoteIterator<LocatedFileStatus> inside = files.listFiles(aside.getPath(), true);
      while (inside.hasNext()) {
        newest = Math.max(newest, inside.next().getModificationTime());
      }
    }
    return System.currentTimeMillis() - newest > ABANDONED.toMillis();
  }

  private static void replace(FileSystem files, Path from, Path to) throws IOException {
    // on a local disk FileContext deletes the target first, and rename replaces it in one
    // operation;
    // elsewhere rename refuses an existing target, and FileContext replaces it
    if (files instanceof LocalFileSystem local && !local.pathToFile(to).isDirectory()) {
      if (!local.rename(from, to)) {
        throw new IOException("%s cannot be renamed to %s".formatted(from, to));
      }
    } else {
      FileContext.getFileContext(to.toUri(), files.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    }
  }
}
