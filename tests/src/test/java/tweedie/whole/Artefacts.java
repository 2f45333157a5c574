package tweedie.whole;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code mvn package} made; it leaves out the jar for spark-submit with -DskipTests. */
final class Artefacts {

  private Artefacts() {}

  /** The jar for spark-submit; where it is absent, the test is skipped and says so. */
  static Path allJar() throws IOException {
    Path target = Repository.root().resolve("driver/target");
    try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.empty()) {
      Optional<Path> jar =
          files.filter(file -> file.getFileName().toString().endsWith("-all.jar")).findFirst();
      assumeTrue(
          jar.isPresent(),
          target
              + "/tweedie-VERSION-all.jar is absent: `mvn package` makes it, not with -DskipTests");
      return jar.get();
    }
  }

  /** The jars of Spark, as a cluster has them. */
  static Path spark() {
    Path spark = Repository.root().resolve("driver/target/spark");
    assumeTrue(Files.isDirectory(spark), spark + " is absent: `mvn package` makes it");
    return spark;
  }
}
