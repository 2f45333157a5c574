package tweedie.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.Identifiable;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.source.FolderSource.Channels;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.table.ImageSize;
import tweedie.driver.table.TableImages;

/** What can be set of a {@link ScoreModelEstimator}. */
abstract class ScoreModelEstimatorParams extends Estimator<ScoreModel> {

  private static final long serialVersionUID = 1L;

  /** The settings that have params, by the names of these. */
  private static final Map<String, String> SETTINGS =
      new TreeMap<>(
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
  private final StringArrayParam columns;
  private final DoubleParam sigma;
  private final Map<String, Param<?>> ofSettings = new LinkedHashMap<>();

  ScoreModelEstimatorParams(String uid) {
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
    columns = new StringArrayParam(this, "columns", "columns of the model");
    sigma = new DoubleParam(this, "sigma", "sigma of the model", ParamValidators.gt(0));
    SETTINGS.keySet().forEach(this::addParam);
    setDefault(columns, new String[] {"denoised"});
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

  @Override
  public String uid() {
    return uid;
  }

  /** Those of the columns and of the settings. */
  @Override
  public Param<?>[] params() {
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
                settings,
                columns,
                sigma));
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

  public ScoreModelEstimator setColumns(String... values) {
    return (ScoreModelEstimator) set(columns, values);
  }

  public ScoreModelEstimator setSigma(double value) {
    return (ScoreModelEstimator) set(sigma, value);
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

  /** Settings in the form {@code tweedie.key=value}, as far as they are set. */
  final List<String> overrides() {
    List<String> overrides = new ArrayList<>();
    ofSettings.forEach(
        (name, param) -> {
          if (isSet(param)) {
            overrides.add(SETTINGS.get(name) + "=" + getOrDefault(param));
          }
        });
    overrides.addAll(Arrays.asList(getOrDefault(settings)));
    return overrides;
  }

  private Optional<String> given(Param<String> param) {
    return isDefined(param)
        ? Optional.of(getOrDefault(param)).filter(value -> !value.isEmpty())
        : Optional.empty();
  }

  final Optional<String> imageColumn() {
    return given(imageCol);
  }

  final Optional<String> validationColumn() {
    return given(validationIndicatorCol);
  }

  final String[] columns() {
    return getOrDefault(columns);
  }

  final OptionalDouble sigma() {
    return isDefined(sigma)
        ? OptionalDouble.of((Double) getOrDefault(sigma))
        : OptionalDouble.empty();
  }

  final boolean skipsInvalid() {
    return getOrDefault(skipInvalid).equals(true);
  }

  /**
   * The directory of the run of a fit.
   *
   * @throws DataException if none is set
   */
  final Path directory() {
    Optional<String> one = given(run);
    Optional<String> many = given(runs);
    if (one.isPresent() == many.isPresent()) {
      throw new DataException(
          "Say where the run goes: set run to its directory, or runs to one in which every fit makes its own");
    }
    return one.map(FileSystems::path)
        .orElseGet(() -> new Path(FileSystems.path(many.get()), Identifiable.randomUID("run")));
  }

  /** The images of a table that are asked for. */
  final TableImages.Wanted wanted() {
    return new TableImages.Wanted(
        given(imageCol),
        given(labelCol),
        given(size).map(ImageSize::of),
        given(channels).map(ScoreModelEstimatorParams::channels));
  }

  private static Channels channels(String text) {
    return Arrays.stream(Channels.values())
        .filter(channels -> channels.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> new DataException("channels = %s must be gray or rgb".formatted(text)));
  }
}
