package tweedie.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Files that are there whole or not at all: written aside, then renamed over what was there. */
public final class WholeFile {

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
    } catch (IOException | RuntimeException e) {
      files.delete(aside, false);
      throw e;
    }
  }

  /**
   * Where to write what {@code path} is to become: a new name beside it, on the same file system.
   */
  public static Path aside(Path path) {
    return FileSystems.child(
        path.getParent(), "." + path.getName() + "." + UUID.randomUUID() + ".tmp");
  }

  /** Writes {@code text} in UTF-8 to {@code path}. */
  public static void write(FileSystem files, Path path, String text) throws IOException {
    write(files, path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** All of a file, as UTF-8. */
  public static String read(FileSystem files, Path path) throws IOException {
    return new String(bytes(files, path), StandardCharsets.UTF_8);
  }

  /** All of a file. */
  public static byte[] bytes(FileSystem files, Path path) throws IOException {
    try (FSDataInputStream in = files.open(path)) {
      return in.readAllBytes();
    }
  }

  /** Deletes what processes that were killed had begun to write aside in {@code directory}. */
  public static void sweep(FileSystem files, Path directory) throws IOException {
    for (FileStatus entry : files.listStatus(directory)) {
      if (entry.isFile() && entry.getPath().getName().matches("\\..*\\.tmp")) {
        files.delete(entry.getPath(), false);
      }
    }
  }

  private static void replace(FileSystem files, Path from, Path to) throws IOException {
    // on a local disk FileContext deletes the target first, and rename replaces it in one
    // operation;
    // elsewhere rename refuses an existing target, and FileContext replaces it
    if (FileSystems.local(to, files).filter(target -> !Files.isDirectory(target)).isPresent()) {
      if (!files.rename(from, to)) {
        throw new IOException("%s cannot be renamed to %s".formatted(from, to));
      }
      if (files instanceof RawLocalFileSystem) { // Hadoop's checksum of what was there before
        files.delete(FileSystems.child(to.getParent(), "." + to.getName() + ".crc"), false);
      }
    } else {
      FileContext.getFileContext(to.toUri(), files.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    }
  }
}
