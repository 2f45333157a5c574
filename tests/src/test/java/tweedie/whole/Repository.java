package tweedie.whole;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the tests find what is not on the class path. */
public final class Repository {

  private Repository() {}

  /** The root of the repository; Maven runs tests in their module. */
  public static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("driver/bin/tweedie"))) {
        return at;
      }
    }
    throw new IllegalStateException("These tests run inside the repository");
  }

  /** A file that people start from. */
  static Path conf(String name) {
    return root().resolve("conf").resolve(name);
  }

  /** Real data sets: {@code TWEEDIE_DATA}, else shared/data beside the repository. */
  static Path data() {
    return Optional.ofNullable(System.getenv("TWEEDIE_DATA"))
        .map(Path::of)
        .orElseGet(() -> root().resolveSibling("shared/data"));
  }
}
