package tweedie.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data sets beside the repository: the directory TWEEDIE_DATA, or else ../shared/data. */
public final class RealData {

  private RealData() {}

  /** The directory of one data set; the test is skipped where it is absent. */
  public static Path directory(String name) {
    String given = System.getenv("TWEEDIE_DATA");
    // tests run in the directory of their module
    Path all = given == null ? Path.of("../../shared/data") : Path.of(given);
    Path directory = all.resolve(name);
    assumeTrue(
        Files.isDirectory(directory), directory + " is absent; TWEEDIE_DATA can name its parent");
    return directory;
  }
}
