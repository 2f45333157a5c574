package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.FolderSource.Channels;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.imports.Import;
import tweedie.driver.imports.TableIntake;
import tweedie.driver.progress.Progress;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.table.Columns;
import tweedie.driver.table.ImageColumn;
import tweedie.driver.table.ImageSize;
import tweedie.driver.table.TableImages;
import tweedie.driver.train.Train;
import tweedie.driver.train.TrainRequest;

/**
 * Trains a {@link ScoreModel} on the images of a column.
 *
 * <p>A fit is {@code tweedie import} of the rows in their order into RUN/shards, and {@code tweedie
 * train}: with the same settings it ends in the same bits. A fit into a run that is there goes on
 * where that ended, with the same data.
 *
 * <p>The usual settings have params, named as the last part of their keys and described and
 * defaulted by reference.conf; {@code settings} takes all others.
 */
public final class ScoreModelEstimator extends Estimator<ScoreModel>
    implements DefaultParamsWritable {

  private static final long serialVersionUID = 1L;
  private static final String SHARDS = "shards";
  private static final String VALIDATION = "validation-shards";

  /** The settings that have params, by the names of these. */
  private static final Map<String, String> SETTINGS =
      new LinkedHashMap<>(
          Map.ofEntries(
              Map.entry("seed", "tweedie.seed"),
              Map.entry("preset", "tweedie.model.preset"),
              Map.entry("classes", "tweedie.model.classes"),
              Map.entry("copies", "tweedie.noise.copies"),
              Map.entry("schedule", "tweedie.noise.schedule"),
              Map.entry("augment", "tweedie.data.augment"),
              Map.entry("epochs", "tweedie.train.epochs"),
              Map.entry("workers", "tweedie.train.workers"),
              Map.entry("batchSize", "tweedie.train.batch-size"),
              Map.entry("learningRate", "tweedie.train.learning-rate"),
              Map.entry("warmupImages", "tweedie.train.warmup-images"),
              Map.entry("keepCheckpoints", "tweedie.train.keep-checkpoints")));

  private final String uid;
  private final Param<String> run;
  private final Param<String> runs;
  private final Param<String> imageCol;
  private final Param<String> labelCol;
  private final Param<String> validationIndicatorCol;
  private final Param<String> size;
  private final Param<String> channels;
  private final BooleanParam skipInvalid;
  private final StringArrayParam settings;
  private final Map<String, Param<?>> ofSettings = new LinkedHashMap<>();

  /** An estimator with the defaults of reference.conf. */
  public ScoreModelEstimator() {
    this(Identifiable.randomUID("scoreModelEstimator"));
  }

  /** The same, under a name. */
  public ScoreModelEstimator(String uid) {
    this.uid = uid;
    // not before the name, which params take
    run =
        new Param<>(
            this, "run", "URI of the directory of the run, which a fit makes or goes on with");
    runs =
        new Param<>(
            this, "runs", "URI of a directory in which every fit makes a run, in place of run");
    imageCol =
        new Param<>(
            this, "imageCol", "column of the images; empty for the only one that can hold them");
    labelCol =
        new Param<>(
            this, "labelCol", "column of their classes; empty for label, where there is one");
    validationIndicatorCol =
        new Param<>(
            this,
            "validationIndicatorCol",
            "boolean column that is true of images to validate on and not to train on");
    size =
        new Param<>(
            this, "size", "HxW that images are brought to; empty to keep that of the first");
    channels =
        new Param<>(this, "channels", "gray or rgb; empty for gray where the first images are");
    skipInvalid =
        new BooleanParam(this, "skipInvalid", "leaves out rows whose image cannot be read");
    settings =
        new StringArrayParam(
            this, "settings", "tweedie.key=value each, for any setting of reference.conf");
    SETTINGS.keySet().stream().sorted().forEach(this::addParam);
    setDefault(imageCol, "");
    setDefault(labelCol, "");
    setDefault(validationIndicatorCol, "");
    setDefault(size, "");
    setDefault(channels, "");
    setDefault(skipInvalid, false);
    setDefault(settings, new String[0]);
  }

  private void addParam(String name) {
    SettingsLoader.Reference said = SettingsLoader.reference(SETTINGS.get(name));
    String doc = "%s: %s".formatted(SETTINGS.get(name), said.comment());
    if (said.value() instanceof Integer number) {
      IntParam param = new IntParam(this, name, doc);
      setDefault(param, number);
      ofSettings.put(name, param);
    } else if (said.value() instanceof Number number) {
      DoubleParam param = new DoubleParam(this, name, doc);
      setDefault(param, number.doubleValue());
      ofSettings.put(name, param);
    } else {
      Param<String> param = new Param<>(this, name, doc);
      setDefault(param, said.value().toString());
      ofSettings.put(name, param);
    }
  }

  /** Reads what {@link #save} wrote. */
  public static MLReader<ScoreModelEstimator> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@link #save} wrote. */
  public static ScoreModelEstimator load(String path) {
    return read().load(path);
  }

  @Override
  public MLWriter write() {
    return DefaultParamsWritable.super.write();
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Those of the columns and of the settings. */
  @Override
  public Param<?>[] params() {
    if (ofSettings == null) { // asked for while this is made
      return new Param<?>[0];
    }
    List<Param<?>> all =
        new ArrayList<>(
            List.of(
                run,
                runs,
                imageCol,
                labelCol,
                validationIndicatorCol,
                size,
                channels,
                skipInvalid,
                settings));
    all.addAll(ofSettings.values());
    return all.toArray(Param<?>[]::new);
  }

  public ScoreModelEstimator setRun(String value) {
    return (ScoreModelEstimator) set(run, value);
  }

  public ScoreModelEstimator setRuns(String value) {
    return (ScoreModelEstimator) set(runs, value);
  }

  public ScoreModelEstimator setImageCol(String value) {
    return (ScoreModelEstimator) set(imageCol, value);
  }

  public ScoreModelEstimator setLabelCol(String value) {
    return (ScoreModelEstimator) set(labelCol, value);
  }

  public ScoreModelEstimator setValidationIndicatorCol(String value) {
    return (ScoreModelEstimator) set(validationIndicatorCol, value);
  }

  public ScoreModelEstimator setSize(String value) {
    return (ScoreModelEstimator) set(size, value);
  }

  public ScoreModelEstimator setChannels(String value) {
    return (ScoreModelEstimator) set(channels, value);
  }

  public ScoreModelEstimator setSkipInvalid(boolean value) {
    return (ScoreModelEstimator) set(skipInvalid, value);
  }

  public ScoreModelEstimator setSettings(String... values) {
    return (ScoreModelEstimator) set(settings, values);
  }

  public ScoreModelEstimator setEpochs(int value) {
    return setting("epochs", value);
  }

  public ScoreModelEstimator setWorkers(int value) {
    return setting("workers", value);
  }

  public ScoreModelEstimator setBatchSize(int value) {
    return setting("batchSize", value);
  }

  public ScoreModelEstimator setLearningRate(double value) {
    return setting("learningRate", value);
  }

  public ScoreModelEstimator setCopies(int value) {
    return setting("copies", value);
  }

  public ScoreModelEstimator setPreset(String value) {
    return setting("preset", value);
  }

  public ScoreModelEstimator setSeed(long value) {
    return setting("seed", Math.toIntExact(value));
  }

  /** Sets a param of a setting by its name. */
  private ScoreModelEstimator setting(String name, Object value) {
    return (ScoreModelEstimator) set(name, value);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    columnOf(schema);
    return schema;
  }

  private ImageColumn columnOf(StructType schema) {
    return ImageColumn.of(schema, given(imageCol), ImageColumn.Values.ONE);
  }

  private Optional<String> given(Param<String> param) {
    return isDefined(param)
        ? Optional.of(getOrDefault(param)).filter(value -> !value.isEmpty())
        : Optional.empty();
  }

  @Override
  public ScoreModel fit(Dataset<?> images) {
    SparkSession session = images.sparkSession();
    Sessions.check(session);
    transformSchema(images.schema());
    try {
      return fit(images.toDF(), session);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ScoreModel fit(Dataset<Row> images, SparkSession session) throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    RunDirectory directory = RunDirectory.at(directory(), hadoop);
    Path shards = new Path(directory.path(), SHARDS);
    List<String> overrides = new ArrayList<>();
    overrides.add("tweedie.data.path=" + shards);
    Path validation = new Path(directory.path(), VALIDATION);
    Optional<String> indicator = given(validationIndicatorCol);
    indicator.ifPresent(
        column -> {
          Columns.require(images.schema(), column);
          overrides.add("tweedie.data.validation-path=" + validation);
        });
    ofSettings.forEach(
        (name, param) -> {
          if (isSet(param)) {
            overrides.add(SETTINGS.get(name) + "=" + getOrDefault(param));
          }
        });
    overrides.addAll(Arrays.asList(getOrDefault(settings)));
    LoadedSettings config = SettingsLoader.load(Optional.empty(), overrides, existing(directory));
    importInto(shards, indicator.map(c -> images.where(not(c))).orElse(images), session, config);
    if (indicator.isPresent()) {
      importInto(validation, images.where(Columns.quoted(indicator.get())), session, config);
    }
    new Train(new TrainRequest(directory.path(), config, TrainRequest.Changes.REFUSE), session)
        .execute();
    ScoreModel model = ScoreModel.of(directory, config, CheckpointChoice.NEWEST);
    given(imageCol).ifPresent(model::setImageCol);
    return model.setParent(this);
  }

  private static org.apache.spark.sql.Column not(String column) {
    return Columns.quoted(column).equalTo(false);
  }

  private static Optional<ConfigText> existing(RunDirectory directory) throws IOException {
    Path file = new Path(directory.path(), RunDirectory.CONFIG);
    return directory.files().exists(file)
        ? Optional.of(new ConfigText(file.toString(), directory.config()))
        : Optional.empty();
  }

  private Path directory() {
    Optional<String> one = given(run);
    Optional<String> many = given(runs);
    if (one.isPresent() == many.isPresent()) {
      throw new DataException(
          "Say where the run goes: set run to its directory, or runs to one in which every fit makes its own");
    }
    return one.map(FileSystems::path)
        .orElseGet(() -> new Path(FileSystems.path(many.get()), Identifiable.randomUID("run")));
  }

  /** Writes images as shards, or finds that these are there already. */
  private void importInto(
      Path shards, Dataset<Row> images, SparkSession session, LoadedSettings config)
      throws IOException {
    FileSystem files = FileSystems.of(shards, session.sparkContext().hadoopConfiguration());
    boolean there = files.exists(shards);
    Path out = there ? new Path(shards.getParent(), shards.getName() + "-again") : shards;
    if (there) {
      files.delete(out, true); // of a fit that was killed
    }
    Import.Settings asked =
        new Import.Settings(
            new TableIntake(TableImages.of(images, wanted())),
            out.toString(),
            OptionalLong.empty(),
            config.settings().data().imagesPerShard(),
            getOrDefault(skipInvalid).equals(true) ? Import.Damaged.SKIP : Import.Damaged.REFUSE);
    new Import(session, asked, Progress.start("reading images", "images", 0)).execute();
    if (there) {
      Configuration hadoop = session.sparkContext().hadoopConfiguration();
      boolean same = ShardedData.open(shards, hadoop).isSameAs(ShardedData.open(out, hadoop));
      files.delete(out, true);
      if (!same) {
        throw new DataException(
            "The run %s was begun with other images than these, which %s holds: name another run"
                .formatted(shards.getParent(), shards));
      }
    }
  }

  private TableImages.Wanted wanted() {
    return new TableImages.Wanted(
        given(imageCol),
        given(labelCol),
        given(size).map(ScoreModelEstimator::size),
        given(channels).map(ScoreModelEstimator::channels));
  }

  private static ImageSize size(String text) {
    if (!text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
      throw new DataException("size = %s is no size, such as 32x32".formatted(text));
    }
    String[] parts = text.split("x");
    return new ImageSize(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  private static Channels channels(String text) {
    return Arrays.stream(Channels.values())
        .filter(channels -> channels.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> new DataException("channels = %s must be gray or rgb".formatted(text)));
  }

  @Override
  public ScoreModelEstimator copy(ParamMap extra) {
    return (ScoreModelEstimator) defaultCopy(extra);
  }
}
