package tweedie.driver.command;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which rows of a table, and where its images are. */
final class TableOption {

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Format of a table: parquet, orc, avro, delta, iceberg, json, binaryFile or another of Spark's; unless given, as its files are named.")
  private Optional<String> format;

  @Option(
      names = "--image",
      paramLabel = "COLUMN",
      description =
          "Column of the images in a table: picture files, Spark's image struct, arrays or ML vectors of numbers; the only such one unless given. Of numpy the name of their array.")
  private Optional<String> image;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Takes the rows of a table of which this is true.")
  private Optional<String> where;

  Optional<String> format() {
    return format;
  }

  Optional<String> image() {
    return image;
  }

  Optional<String> where() {
    return where;
  }
}
