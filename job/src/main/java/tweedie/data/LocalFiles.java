package tweedie.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What can be wrong with a file on this machine's disk, which Hadoop does not tell. */
final class LocalFiles {

  static final String DECODING =
      "; its name has letters that this locale does not have: start with LC_ALL=C.UTF-8, or rename"
          + " it";

  static final String OTHER = "is neither a file nor a directory, but a pipe, a socket or a device";

  static final Pattern PATTERN = Pattern.compile("[*?\\[{]");

  private LocalFiles() {}

  /**
   * What a pattern names, part by part of the path; a part that is there as it stands is no
   * pattern.
   *
   * @throws IllegalArgumentException if a part is no pattern
   */
  static List<Path> matching(Path pattern) throws IOException {
    List<Path> found = List.of(pattern.getRoot());
    for (Path part : pattern) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        Path plain = directory.resolve(part);
        if (Files.exists(plain, LinkOption.NOFOLLOW_LINKS)) {
          next.add(plain);
        } else if (PATTERN.matcher(part.toString()).find() && Files.isDirectory(directory)) {
          PathMatcher matcher = pattern.getFileSystem().getPathMatcher("glob:" + part);
          for (Path entry : entries(directory)) {
            boolean hidden = entry.getFileName().toString().startsWith(".");
            if (matcher.matches(entry.getFileName())
                && (!hidden || part.toString().startsWith("."))) {
              next.add(entry);
            }
          }
        }
      }
      found = next;
    }
    return found;
  }

  /** What is in a directory, in the order of the names. */
  static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      all.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(entries);
    return entries;
  }

  /** Refuses a directory that holds something which {@link #problem} tells of. */
  static void requireWhole(Path directory) throws IOException {
    for (Path entry : entries(directory)) {
      if (!entry.getFileName().toString().startsWith(".")) {
        Optional<String> problem =
            decoded(entry) ? problem(entry) : Optional.of("cannot be read" + DECODING);
        if (problem.isPresent()) {
          throw new DataException(entry + " " + problem.get());
        }
      }
    }
  }

  /**
   * Why a path that is there cannot be read; empty for files, directories and what is not there.
   */
  static Optional<String> problem(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isOther()
          ? Optional.of(OTHER)
          : Optional.empty();
    } catch (IOException e) {
      return Files.isSymbolicLink(path) ? Optional.of(why(e, path)) : Optional.empty();
    }
  }

  private static String why(IOException e, Path link) {
    try {
      Path target = Files.readSymbolicLink(link);
      return e instanceof NoSuchFileException
          ? "is a link to %s, which does not exist".formatted(target)
          : "is a link to %s and %s".formatted(target, why(e));
    } catch (IOException unread) {
      return why(e);
    }
  }

  /** In words, why something could not be looked at. */
  static String why(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "cannot be read: permission denied";
    }
    if (e instanceof FileSystemLoopException) {
      return "leads back to itself";
    }
    return "cannot be read: "
        + (e instanceof FileSystemException of && of.getReason() != null
            ? of.getReason()
            : e.getMessage());
  }

  /** Whether the name can be written in this locale, so that it still names the same file. */
  static boolean decoded(Path path) {
    try {
      return Path.of(path.toString()).equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
