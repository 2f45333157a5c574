package tweedie.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Directories on the local disk. */
final class Tree {

  private Tree() {}

  /** Every file below a directory and a hash of what it holds; directories too. */
  static SortedMap<String, Integer> contents(Path directory) throws IOException {
    SortedMap<String, Integer> contents = new TreeMap<>();
    if (Files.exists(directory)) {
      try (Stream<Path> tree = Files.walk(directory)) {
        for (Path path : (Iterable<Path>) tree::iterator) {
          boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
          contents.put(
              directory.relativize(path).toString(),
              file ? Arrays.hashCode(Files.readAllBytes(path)) : 0);
        }
      }
    }
    return contents;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
