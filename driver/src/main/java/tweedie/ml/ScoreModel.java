package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.model.BatchSize;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.sample.Sample;
import tweedie.driver.sample.SampleRequest;
import tweedie.driver.table.Columns;
import tweedie.driver.table.ImageColumn;
import tweedie.driver.table.RowImages;
import tweedie.driver.table.RowName;

/**
 * The model of a run of Tweedie, which adds to images what it knows of them:
 *
 * <ul>
 *   <li>{@code denoised}, array of float in the order [height, width, channel] or a PNG file: the
 *       posterior mean E[x | y] at the noise {@code sigma} or {@code sigmaCol}; of an array of
 *       noisy copies E[x | y_1..y_m]
 *   <li>{@code score}, array of float: grad log p_s at the mean of the copies, s = sigma / sqrt(m)
 *   <li>{@code bits} and {@code bitsError}, double: bits per dimension, as {@code evaluate --what
 *       likelihood} measures them, and their standard error; null with one probe
 *   <li>{@code scoreNorms}, array of double: |D - x| / (s sqrt(d)) over {@code levels} noise levels
 *       (arXiv 2010.13132)
 *   <li>{@code code}, array of float: the latent code by the probability-flow ODE
 * </ul>
 *
 * <p>A model reads its run when it is made and keeps the weights in this process; {@link #close}
 * frees what its tasks have left in it.
 */
public final class ScoreModel extends ScoreModelParams implements MLWritable, AutoCloseable {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ScoreModel.class);
  private static final String ID = "id";

  private final transient LoadedRun run;
  private final transient Shared shared = new Shared();

  /** The model as a Spark application has it. */
  private static final class Shared {
    private SparkContext of;
    private Broadcast<RunModel> model;
  }

  ScoreModel(String uid, LoadedRun run) {
    super(uid);
    this.run = run;
  }

  /**
   * The model of a run, as {@code tweedie train} or {@link ScoreModelEstimator} left it, or as
   * {@link #save} wrote it: the newest checkpoint.
   *
   * @throws DataException if there is none
   */
  public static ScoreModel load(String run) {
    return ScoreModelReader.load(run, CheckpointChoice.NEWEST, List.of());
  }

  /**
   * The model of a run.
   *
   * @param checkpoint number of a round, {@code best} or {@code newest}
   * @param settings {@code tweedie.key=value} each, over those of the run
   * @throws DataException if there is none
   */
  public static ScoreModel load(String run, String checkpoint, String... settings) {
    return ScoreModelReader.load(run, CheckpointChoice.named(checkpoint), List.of(settings));
  }

  /** A model of a run that the command line has read the settings of. */
  public static ScoreModel of(RunDirectory run, LoadedSettings config, CheckpointChoice checkpoint)
      throws IOException {
    RunModel model = Models.of(run, config, checkpoint, "score with");
    return new ScoreModel(
        Identifiable.randomUID("scoreModel"), new LoadedRun(run, config, checkpoint, model));
  }

  /** Reads what {@link #save} wrote, or a run. */
  public static MLReader<ScoreModel> read() {
    return new ScoreModelReader();
  }

  @Override
  public MLWriter write() {
    return new ScoreModelWriter(this, run);
  }

  /** URI of the run. */
  public String runDirectory() {
    return run.directory().path().toString();
  }

  /** Round after which it had its weights; 0 of a model that was not trained. */
  public int round() {
    return run.model().round();
  }

  /** A hash of architecture and weights. */
  public String fingerprint() {
    return run.model().fingerprint();
  }

  /** All settings of the run, in HOCON. */
  public String runSettings() {
    return run.config().resolved();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return extended(schema, functions(schema));
  }

  private static StructType extended(StructType schema, List<ImageFunction> functions) {
    StructType result = schema;
    for (ImageFunction function : functions) {
      for (StructField field : function.fields()) {
        Columns.requireNew(schema, field.name());
        result = result.add(field);
      }
    }
    return result;
  }

  /** What is asked for, as far as a table can give it. */
  private List<ImageFunction> functions(StructType schema) {
    ImageColumn images = images(schema);
    List<ImageFunction> functions;
    try {
      functions =
          new ImageFunctions(
                  run.directory(), run.config().settings(), run.model(), value(denoisedAs()))
              .of(List.of(value(columns())), (Integer) value(levels()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (ImageFunction function : functions) {
      if (images.copies() && !function.ofNoisy()) {
        throw new DataException(
            "The column %s has several copies of an image in a row, which only denoised and score are of: not %s"
                .formatted(images.name(), function.fields().get(0).name()));
      }
      if (function.ofNoisy() && value(sigmaCol()).isEmpty() && !isDefined(sigma())) {
        throw new DataException(
            "%s needs the noise of the images: set sigma, or sigmaCol to the column that has it"
                .formatted(function.fields().get(0).name()));
      }
    }
    return functions;
  }

  private ImageColumn images(StructType schema) {
    Optional<String> name = Optional.of(value(imageCol())).filter(given -> !given.isEmpty());
    return ImageColumn.of(schema, name, ImageColumn.Values.ONE_OR_COPIES);
  }

  private String numeric(StructType schema, String column) {
    Columns.require(schema, column);
    if (!(schema.apply(column).dataType() instanceof NumericType)) {
      throw new DataException(
          "The column %s is %s, and numbers are needed"
              .formatted(column, schema.apply(column).dataType().simpleString()));
    }
    return column;
  }

  private RowNumbers numbers(StructType schema) {
    boolean usual =
        Arrays.asList(schema.fieldNames()).contains(ID)
            && List.of(DataTypes.LongType, DataTypes.IntegerType)
                .contains(schema.apply(ID).dataType());
    String id = value(idCol());
    return new RowNumbers(
        !id.isEmpty() ? numeric(schema, id) : usual ? ID : "",
        value(sigmaCol()).isEmpty() ? "" : numeric(schema, value(sigmaCol())),
        isDefined(sigma()) ? (Double) value(sigma()) : Double.NaN);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> images) {
    return transform(images, TableCounts.of(images.sparkSession().sparkContext()));
  }

  /** As {@link #transform(Dataset)}, with what counts rows when they are read. */
  public Dataset<Row> transform(Dataset<?> images, TableCounts counts) {
    SparkSession session = images.sparkSession();
    Sessions.check(session);
    StructType schema = images.schema();
    List<ImageFunction> functions = functions(schema);
    StructType result = extended(schema, functions);
    warnOutsideOfTraining();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    RowImages read = RowImages.ofShape(schema, images(schema), run.model().shape());
    for (ImageFunction function : functions) {
      function.requireStored(read);
    }
    AddedColumns task =
        new AddedColumns(
            shared(spark),
            List.copyOf(functions),
            read,
            RowName.of(schema),
            numbers(schema),
            AddedColumns.Invalid.of(value(handleInvalid())),
            run.config().settings().seed(),
            BatchSize.chosen((Integer) value(batchSize()), spark, run.model(), passes(functions)),
            run.config().settings().train().threadsPerWorker(),
            counts);
    return images.toDF().mapPartitions(task, Encoders.row(result));
  }

  /** How often a task holds the values of all operations of a network. */
  private static int passes(List<ImageFunction> functions) {
    return functions.stream().anyMatch(ImageFunction.Bits.class::isInstance) ? 3 : 1;
  }

  private void warnOutsideOfTraining() {
    FromSettings.MeanNoise trained = FromSettings.meanNoise(run.config().settings());
    double s = isDefined(sigma()) ? (Double) value(sigma()) : trained.min();
    if (value(sigmaCol()).isEmpty() && (s < trained.min() || s > trained.max())) {
      LOG.warn(
          "The noise {} is outside of what the network was trained on, {} to {}: it guesses.",
          s,
          trained.min(),
          trained.max());
    }
  }

  private synchronized Broadcast<RunModel> shared(JavaSparkContext spark) {
    if (shared.of != spark.sc()) {
      shared.of = spark.sc();
      shared.model = spark.broadcast(run.model());
    }
    return shared.model;
  }

  /**
   * Samples that are drawn where they are read, and kept nowhere: the columns of shards, with
   * pixels as floats.
   */
  public Dataset<Row> sample(SparkSession session, long count) {
    return sample(session, count, Map.of());
  }

  /**
   * As {@link #sample(SparkSession, long)}, with options of the data source {@code tweedie}, such
   * as method, classes, or any setting.
   */
  public Dataset<Row> sample(SparkSession session, long count, Map<String, String> options) {
    return session
        .read()
        .format(SampleSource.NAME)
        .option("run", runDirectory())
        .option("count", count)
        .option("checkpoint", round() == 0 ? "newest" : Integer.toString(round()))
        .options(options)
        .load();
  }

  /**
   * Samples that are drawn by the resumable job of {@code tweedie sample}, into the run.
   *
   * @param settings {@code tweedie.key=value} each, over those of the run
   * @throws IOException if a file system fails
   */
  public Dataset<Row> drawSamples(SparkSession session, int count, String... settings)
      throws IOException {
    Sessions.check(session);
    LoadedSettings config =
        SettingsLoader.load(
            Optional.empty(),
            List.of(settings),
            Optional.of(new ConfigText("the run's settings", run.config().resolved())));
    Sample.Result drawn =
        new Sample(
                new SampleRequest(
                    run.directory().path(),
                    count,
                    run.checkpoint(),
                    SampleRequest.Schedule.SOUND,
                    SampleRequest.Pictures.STILL,
                    config),
                session)
            .execute();
    return session
        .read()
        .option("pathGlobFilter", "*.parquet")
        .parquet(drawn.directory().toString())
        .where("id < " + count);
  }

  /** Shares the weights with this one. */
  @Override
  public ScoreModel copy(ParamMap extra) {
    ScoreModel copy = new ScoreModel(uid(), run);
    copyValues(copy, extra);
    return copy.setParent(parent());
  }

  /** Frees what tasks have left in this process, and what executors hold. */
  @Override
  public synchronized void close() {
    if (shared.model != null) {
      if (!shared.of.isStopped()) {
        shared.model.destroy();
      }
      shared.model = null;
      shared.of = null;
    }
    run.model().free();
  }

  @Override
  public String toString() {
    return "%s: %s of %s".formatted(uid(), run.model().name(), runDirectory());
  }
}
