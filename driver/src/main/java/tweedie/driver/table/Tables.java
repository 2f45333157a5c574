package tweedie.driver.table;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.functions;
import scala.Option;
import tweedie.Causes;
import tweedie.data.DataException;
import tweedie.data.InputFiles;

/**
 * Reads tables: files in a format that Spark knows, or tables of its catalog. How files are split
 * does not depend on the cluster, so that rows come in the same order everywhere.
 *
 * @param format of the files; empty where they tell it themselves
 * @param where a condition in SQL on the rows that are taken; empty for all of them
 */
public record Tables(Optional<String> format, Optional<String> where) {

  /** Of the endings of files. */
  private static final Map<String, String> FORMATS =
      Map.of("parquet", "parquet", "orc", "orc", "avro", "avro", "json", "json", "jsonl", "json");

  /** Whose connectors are not part of Spark. */
  private static final Map<String, String> CONNECTORS =
      Map.of(
          "delta",
          "--packages io.delta:delta-spark_2.12:3.3.2 --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
          "iceberg",
          "--packages org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.9.2",
          "avro",
          "--packages org.apache.spark:spark-avro_2.12:3.5.6");

  /** A piece of the files for about so many bytes, and never more pieces than so many. */
  private static final Map<String, String> SPLITS =
      Map.of(
          "spark.sql.files.minPartitionNum", "64",
          "spark.sql.files.openCostInBytes", "262144",
          "spark.sql.files.maxPartitionBytes", "134217728");

  /** Lets Iceberg read a directory without Hive, whose catalog it asks otherwise. */
  private static final Map<String, String> ICEBERG =
      Map.of(
          "spark.sql.catalog.default_iceberg", "org.apache.iceberg.spark.SparkCatalog",
          "spark.sql.catalog.default_iceberg.type", "hadoop",
          "spark.sql.catalog.default_iceberg.warehouse", "unused");

  /**
   * The rows of a table, which are not read yet.
   *
   * @param input URI of files or directories, or name of a table
   * @throws DataException if there is none, or Spark cannot read it
   */
  public Dataset<Row> open(SparkSession session, String input) {
    SparkSession own = session.newSession();
    SPLITS.forEach(own.conf()::set);
    if (!own.conf().contains("spark.sql.catalog.default_iceberg")) {
      ICEBERG.forEach(own.conf()::set);
    }
    Option<SparkSession> active = SparkSession.getActiveSession();
    SparkSession.setActiveSession(own); // whose settings Iceberg looks at
    try {
      Dataset<Row> rows = rows(own, input);
      return where.isEmpty() ? rows : rows.where(where.get());
    } catch (Exception e) { // Spark throws checked ones that it does not declare
      throw refused(input, e);
    } finally {
      if (active.isDefined()) {
        SparkSession.setActiveSession(active.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }

  /**
   * The rows of a table of which a condition is true, or all others.
   *
   * @param condition in SQL
   * @throws DataException if Spark cannot read it
   */
  public static Dataset<Row> part(Dataset<Row> table, String condition, boolean holds) {
    try {
      Dataset<Row> part = table.where(condition);
      Column held = functions.coalesce(functions.expr(condition), functions.lit(false));
      return holds ? part : table.where(functions.not(held));
    } catch (Exception e) { // as above
      throw new DataException(
          "'%s' is no condition: %s".formatted(condition, Causes.firstLine(e.getMessage())), e);
    }
  }

  private Dataset<Row> rows(SparkSession session, String input) throws Exception {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    boolean isTable = !input.contains("/") && !InputFiles.exists(input, hadoop);
    if (isTable && session.catalog().tableExists(input)) {
      return session.table(input);
    }
    if (isTable && input.matches("\\w+(\\.\\w+)*") && format.isEmpty()) {
      throw new DataException(
          "%s is neither a file nor a directory, and no table of Spark's catalog".formatted(input));
    }
    String chosen = format.isPresent() ? format.get() : told(input, hadoop);
    return InputFiles.exists(input, hadoop)
        ? session
            .read()
            .format(chosen)
            .option(DataSource.GLOB_PATHS_KEY(), "false") // brackets in its name are letters
            .load(InputFiles.status(input, hadoop).getPath().toString())
        : session.read().format(chosen).load(input);
  }

  /** The format that files tell by their names. */
  private static String told(String input, Configuration hadoop) throws Exception {
    FileStatus status = InputFiles.status(input, hadoop);
    if (!status.isDirectory()) {
      return ofName(input, List.of(status.getPath()));
    }
    Path directory = status.getPath();
    if (InputFiles.exists(new Path(directory, "_delta_log").toString(), hadoop)) {
      return "delta";
    }
    if (InputFiles.exists(new Path(directory, "metadata/version-hint.text").toString(), hadoop)) {
      return "iceberg";
    }
    List<Path> inside = InputFiles.in(directory, hadoop).stream().map(FileStatus::getPath).toList();
    return ofName(input, inside);
  }

  private static String ofName(String input, List<Path> files) {
    return files.stream()
        .filter(path -> !path.getName().matches("[._].*")) // which Spark passes over
        .map(path -> path.getName().replaceFirst("\\.(gz|bz2|zst|snappy|lz4)$", ""))
        .map(name -> name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))
        .filter(FORMATS::containsKey)
        .map(FORMATS::get)
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "%s has no file named *.parquet, *.orc, *.avro, *.json or *.jsonl: say what it is with --format"
                        .formatted(input)));
  }

  private DataException refused(String input, Exception e) {
    if (e instanceof DataException said) {
      return said;
    }
    String message = Causes.firstLine(String.valueOf(e.getMessage()));
    boolean missing =
        message.contains("DATA_SOURCE_NOT_FOUND")
            || message.contains("Failed to find data source")
            || message.contains("Failed to find the data source")
            || message.contains("DELTA_CONFIGURE_SPARK_SESSION");
    for (Map.Entry<String, String> connector : CONNECTORS.entrySet()) {
      if (missing && message.toLowerCase(Locale.ROOT).contains(connector.getKey())) {
        return new DataException(
            "%s is in the format %s, which Spark reads with its connector: spark-submit %s"
                .formatted(input, connector.getKey(), connector.getValue()),
            e);
      }
    }
    String what = e instanceof AnalysisException ? "" : "Spark cannot read it: ";
    return new DataException("%s: %s%s".formatted(input, what, message), e);
  }
}
