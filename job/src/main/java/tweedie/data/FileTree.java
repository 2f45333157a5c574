package tweedie.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files of a directory that are wanted, and what becomes of all others: none is lost, and none
 * comes twice.
 *
 * <p>What has a name that begins with a dot, or lies in a directory that has, is hidden and left
 * out. Links are followed; a file or directory that is reached twice counts once, under its own
 * path where it has one in the tree.
 */
public final class FileTree {

  private static final String AGAIN = ", which is read already";

  /** How far a tree is read. */
  public enum Depth {
    /** The files of the directory itself. */
    ITSELF,
    /** Those of the directories in it, too. */
    ALL
  }

  /**
   * What was found.
   *
   * @param files those that are wanted, sorted by path
   * @param ignored what is left out, each with the reason
   * @param unreadable what cannot be looked at, each with the reason
   */
  public record Found(
      List<org.apache.hadoop.fs.Path> files, List<String> ignored, List<String> unreadable) {}

  private final Path root;
  private final org.apache.hadoop.fs.Path shown;
  private final Depth depth;
  private final Predicate<String> wanted;
  private final String unwanted;
  private final List<org.apache.hadoop.fs.Path> files = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();

  /** Real paths of directories that were read. */
  private final Set<Path> seen = new HashSet<>();

  /** Real paths of files that links lead to. */
  private final Set<Path> linked = new HashSet<>();

  private final Deque<Path> directories = new ArrayDeque<>();
  private final Deque<Path> links = new ArrayDeque<>();

  private FileTree(
      Path root,
      org.apache.hadoop.fs.Path shown,
      Depth depth,
      Predicate<String> wanted,
      String unwanted) {
    this.root = root;
    this.shown = shown;
    this.depth = depth;
    this.wanted = wanted;
    this.unwanted = unwanted;
  }

  /**
   * Reads a tree.
   *
   * @param directory as its file system qualifies it
   * @param wanted which file names are
   * @param unwanted what is said of others
   * @throws IOException if the file system fails
   */
  public static Found of(
      org.apache.hadoop.fs.Path directory,
      Depth depth,
      Predicate<String> wanted,
      String unwanted,
      Configuration conf)
      throws IOException {
    FileSystem system = InputFiles.files(directory, conf);
    Optional<Path> local = FileSystems.local(directory, system);
    FileTree tree = new FileTree(local.orElse(null), directory, depth, wanted, unwanted);
    if (local.isPresent()) {
      tree.walk();
    } else {
      tree.list(system);
    }
    tree.files.sort(Comparator.comparing(org.apache.hadoop.fs.Path::toString));
    Collections.sort(tree.ignored);
    Collections.sort(tree.unreadable);
    return new Found(tree.files, tree.ignored, tree.unreadable);
  }

  /** Other file systems tell of all that they have, and their links are not followed. */
  private void list(FileSystem system) throws IOException {
    int above = shown.depth();
    RemoteIterator<LocatedFileStatus> found = system.listFiles(shown, depth == Depth.ALL);
    while (found.hasNext()) {
      org.apache.hadoop.fs.Path file = found.next().getPath();
      String hidden = hidden(file.getName());
      for (var up = file.getParent(); up.depth() > above; up = up.getParent()) {
        hidden = hidden(up.getName()) == null ? hidden : "in a hidden directory";
      }
      take(file, hidden);
    }
  }

  private static String hidden(String name) {
    return name.startsWith(".") ? "hidden" : null;
  }

  private void take(org.apache.hadoop.fs.Path file, String hidden) {
    if (hidden == null && wanted.test(file.getName())) {
      files.add(file);
    } else {
      ignored.add(file + ": " + (hidden == null ? unwanted : hidden));
    }
  }

  /** Directories before links, so that a link to what is in the tree finds it read. */
  private void walk() {
    directories.add(root);
    while (!directories.isEmpty() || !links.isEmpty()) {
      while (!directories.isEmpty()) {
        read(directories.remove());
      }
      if (!links.isEmpty()) {
        follow(links.remove());
      }
    }
  }

  private void read(Path directory) {
    try {
      Path real = directory.toRealPath();
      if (!directory.equals(root) && root.toRealPath().startsWith(real)) {
        ignored.add(named(directory) + ": leads back to " + real + ", where the input lies");
        return;
      }
      if (!seen.add(real)) {
        ignored.add(named(directory) + ": leads to " + real + AGAIN);
        return;
      }
      for (Path entry : LocalFiles.entries(directory)) {
        if (!linked.isEmpty() && linked.contains(real.resolve(entry.getFileName()))) {
          ignored.add(named(entry) + ": a link led to it, by which it was read");
        } else {
          look(entry);
        }
      }
    } catch (IOException e) {
      unreadable.add(named(directory) + " " + LocalFiles.why(e));
    }
  }

  private void look(Path entry) throws IOException {
    String name = entry.getFileName().toString();
    BasicFileAttributes kind =
        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (name.startsWith(".")) {
      hide(entry, kind);
    } else if (!LocalFiles.decoded(entry)) {
      unreadable.add(named(entry) + " cannot be read" + LocalFiles.DECODING);
    } else if (kind.isSymbolicLink()) {
      links.add(entry);
    } else if (kind.isDirectory()) {
      if (depth == Depth.ALL) {
        directories.add(entry);
      }
    } else if (kind.isOther() && wanted.test(name)) {
      unreadable.add(named(entry) + " " + LocalFiles.OTHER);
    } else {
      take(path(entry), kind.isOther() ? "neither a file nor a directory" : null);
    }
  }

  private void hide(Path entry, BasicFileAttributes kind) {
    if (!kind.isDirectory()) {
      ignored.add(named(entry) + ": hidden");
    } else if (depth == Depth.ALL) {
      try (Stream<Path> inside = Files.walk(entry)) {
        inside
            .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
            .forEach(file -> ignored.add(named(file) + ": in a hidden directory"));
      } catch (IOException | UncheckedIOException e) {
        ignored.add(named(entry) + ": hidden; what is in it cannot be counted");
      }
    }
  }

  private void follow(Path link) {
    Optional<String> problem = LocalFiles.problem(link);
    if (problem.isPresent()) {
      unreadable.add(named(link) + " " + problem.get());
      return;
    }
    try {
      Path real = link.toRealPath();
      if (Files.isDirectory(real)) {
        if (depth == Depth.ALL) {
          directories.add(link);
        }
      } else if (wanted.test(link.getFileName().toString())
          && (inTree(real) || !linked.add(real))) {
        ignored.add(named(link) + ": leads to " + real + AGAIN);
      } else {
        take(path(link), null);
      }
    } catch (IOException e) {
      unreadable.add(named(link) + " " + LocalFiles.why(e));
    }
  }

  /** Whether the file was taken from a directory that was read. */
  private boolean inTree(Path real) {
    String name = real.getFileName().toString();
    return seen.contains(real.getParent()) && hidden(name) == null && wanted.test(name);
  }

  private org.apache.hadoop.fs.Path path(Path file) {
    String below = root.relativize(file).toString();
    return below.isEmpty() ? shown : FileSystems.child(shown, below);
  }

  /** For messages: what the locale does not have would make no path. */
  private String named(Path file) {
    return shown + "/" + root.relativize(file);
  }
}
