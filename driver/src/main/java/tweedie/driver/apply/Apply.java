package tweedie.driver.apply;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.driver.table.Tables;
import tweedie.ml.ScoreModel;
import tweedie.ml.TableCounts;

/**
 * Writes a table with the columns that a model adds: a file for each of its partitions, whole or
 * not at all. Files that are there already are not computed again. No row leaves its partition.
 */
public final class Apply {

  private static final Logger LOG = LoggerFactory.getLogger(Apply.class);

  /** Spark passes over names that begin so. */
  private static final String ORIGIN = "_apply.json";

  /** Settings that change no number. */
  private static final List<String> OF_MACHINE =
      List.of("tweedie.compute.", "tweedie.train.threads-per-worker");

  private final ApplyRequest request;
  private final SparkSession session;
  private final JavaSparkContext spark;

  public Apply(ApplyRequest request, SparkSession session) {
    this.request = request;
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /**
   * What was written.
   *
   * @param rows by this call
   * @param parts files, by this call
   * @param kept files that were there before
   * @param leftOut rows whose image cannot be read, by this call
   * @param converted rows whose colours became those of the model, by this call
   */
  public record Result(
      Path out, long rows, long parts, long kept, long leftOut, long converted, double seconds) {}

  /** All that decides what the files hold. */
  private record Origin(
      String model,
      String fingerprint,
      String data,
      String files,
      int partitions,
      String columns,
      String sigma,
      String bad,
      List<String> settings) {

    List<String> differences(Origin other) {
      List<String> differences = new ArrayList<>();
      for (var component : Origin.class.getRecordComponents()) {
        try {
          Object mine = component.getAccessor().invoke(this);
          Object others = component.getAccessor().invoke(other);
          if (!mine.equals(others)) {
            differences.add("%s %s in place of %s".formatted(component.getName(), mine, others));
          }
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
      return differences;
    }
  }

  /**
   * Applies the model.
   *
   * @throws DataException if the table has no images for it, a row has none, or the output was
   *     begun with something else
   * @throws IOException if a file system fails
   */
  @SuppressWarnings("try") // the lock works by being held
  public Result execute() throws IOException {
    long began = System.nanoTime();
    Configuration hadoop = spark.hadoopConfiguration();
    RunDirectory run = RunDirectory.at(request.run(), hadoop);
    ApplyRequest.Table given = request.table();
    Dataset<Row> table = new Tables(given.format(), given.where()).open(session, given.data());
    TableCounts counts = TableCounts.of(spark.sc());
    try (ScoreModel model = model(run)) {
      Dataset<Row> result = model.transform(table, counts);
      RDD<InternalRow> rows = result.queryExecution().toRdd();
      FileSystem files = ResultFiles.ofDirectory(request.out(), hadoop, "--out");
      Path out = files.makeQualified(request.out());
      try (RunLock lock = RunLock.of(files, out, RunLock.Times.USUAL)) {
        WholeFile.sweepAbandoned(files, out, "");
        claim(files, out, origin(model, table, result, rows.getNumPartitions(), run));
        List<Integer> missing = new ArrayList<>();
        for (int p = 0; p < rows.getNumPartitions(); p++) {
          if (!files.exists(TablePart.file(out, p))) {
            missing.add(p);
          }
        }
        long[] written = write(rows, TablePart.of(session, result.schema(), out), missing);
        return new Result(
            out,
            Arrays.stream(written).sum(),
            Arrays.stream(written).filter(count -> count > 0).count(),
            rows.getNumPartitions() - missing.size(),
            counts.invalid().value(),
            counts.converted().value(),
            (System.nanoTime() - began) / 1e9);
      }
    }
  }

  private ScoreModel model(RunDirectory run) throws IOException {
    ScoreModel model =
        ScoreModel.of(run, request.config(), request.checkpoint())
            .setColumns(request.columns().toArray(String[]::new))
            .setDenoisedAs(request.denoised().name().toLowerCase(Locale.ROOT))
            .setHandleInvalid(request.bad().name().toLowerCase(Locale.ROOT));
    request.table().image().ifPresent(model::setImageCol);
    request.sigma().ifPresent(sigma -> setSigma(model, sigma));
    return model;
  }

  private static void setSigma(ScoreModel model, String sigma) {
    double number;
    try {
      number = Double.parseDouble(sigma);
    } catch (NumberFormatException e) {
      model.setSigmaCol(sigma);
      return;
    }
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new DataException("--sigma must be a positive number, not " + sigma);
    }
    model.setSigma(number);
  }

  private Origin origin(
      ScoreModel model, Dataset<Row> table, Dataset<Row> result, int partitions, RunDirectory run)
      throws IOException {
    String[] inputs = table.inputFiles();
    Arrays.sort(inputs);
    String listed =
        String.join("\n", inputs) + table.queryExecution().optimizedPlan().stats().sizeInBytes();
    return new Origin(
        "round %d of %s".formatted(model.round(), model.runDirectory()),
        model.fingerprint(),
        request.table().image().map(image -> image + " of ").orElse("")
            + request.table().data()
            + request.table().where().map(" where "::concat).orElse(""),
        UUID.nameUUIDFromBytes(listed.getBytes(StandardCharsets.UTF_8)).toString(),
        partitions,
        result.schema().toDDL(),
        request.sigma().orElse(""),
        request.bad().name(),
        request
            .config()
            .overrides(
                SettingsLoader.load(
                    Optional.empty(), List.of(), RunDirectory.readConfig(run.path())))
            .stream()
            .filter(setting -> OF_MACHINE.stream().noneMatch(setting::startsWith))
            .toList());
  }

  private void claim(FileSystem files, Path out, Origin origin) throws IOException {
    Path file = new Path(out, ORIGIN);
    if (files.exists(file)) {
      Origin there = Json.SNAKE_PAGE.read(WholeFile.read(files, file), Origin.class, file);
      List<String> differences = origin.differences(there);
      if (!differences.isEmpty()) {
        throw new DataException(
            "%s was begun with something else: %s. Name another --out."
                .formatted(out, String.join("; ", differences)));
      }
    } else {
      if (files.listStatus(out).length > 1) { // than the lock
        throw new DataException("%s holds other files: name another --out".formatted(out));
      }
      WholeFile.write(files, file, Json.SNAKE_PAGE.text(origin));
    }
  }

  private long[] write(RDD<InternalRow> rows, TablePart part, List<Integer> missing) {
    if (missing.isEmpty()) {
      return new long[0];
    }
    try (CountedJob job =
        new CountedJob(
            spark, "tweedie apply " + request.run(), "%d parts".formatted(missing.size()))) {
      LongAccumulator written = job.count("applying", "images", 0);
      LOG.info("{} of {} parts are to be written", missing.size(), rows.getNumPartitions());
      List<Object> partitions = new ArrayList<>(missing);
      Object counts =
          spark
              .sc()
              .runJob(
                  rows,
                  part.task(written),
                  JavaConverters.asScalaBuffer(partitions).toSeq(),
                  ClassTag.Long());
      return (long[]) counts;
    }
  }
}
