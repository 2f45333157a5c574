package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.shard.ShardedData;
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
public final class ScoreModelEstimator extends ScoreModelEstimatorParams
    implements DefaultParamsWritable {

  private static final long serialVersionUID = 1L;
  private static final String SHARDS = "shards";
  private static final String VALIDATION = "validation-shards";

  /** An estimator with the defaults of reference.conf. */
  public ScoreModelEstimator() {
    this(Identifiable.randomUID("scoreModelEstimator"));
  }

  /** The same, under a name. */
  public ScoreModelEstimator(String uid) {
    super(uid);
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
  public StructType transformSchema(StructType schema) {
    columnOf(schema);
    StructType result = schema;
    for (StructField field : ImageFunctions.fields(Arrays.asList(columns()), "floats")) {
      Columns.requireNew(schema, field.name());
      result = result.add(field);
    }
    return result;
  }

  private ImageColumn columnOf(StructType schema) {
    return ImageColumn.of(schema, imageColumn(), ImageColumn.Values.ONE);
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
    Optional<String> indicator = validationColumn();
    indicator.ifPresent(
        column -> {
          Columns.require(images.schema(), column);
          overrides.add("tweedie.data.validation-path=" + validation);
        });
    overrides.addAll(overrides());
    LoadedSettings config = SettingsLoader.load(Optional.empty(), overrides, existing(directory));
    TableImages all = TableImages.of(images, wanted());
    importInto(
        shards, indicator.map(c -> all.part(images.where(not(c)))).orElse(all), session, config);
    if (indicator.isPresent()) {
      Dataset<Row> heldOut = images.where(Columns.quoted(indicator.get()));
      importInto(validation, all.part(heldOut), session, config);
    }
    new Train(new TrainRequest(directory.path(), config, TrainRequest.Changes.REFUSE), session)
        .execute();
    ScoreModel model = ScoreModel.of(directory, config, CheckpointChoice.NEWEST);
    imageColumn().ifPresent(model::setImageCol);
    model.setColumns(columns());
    sigma().ifPresent(model::setSigma);
    return model.setParent(this);
  }

  private static Column not(String column) {
    return Columns.quoted(column).equalTo(false);
  }

  private static Optional<ConfigText> existing(RunDirectory directory) throws IOException {
    Path file = new Path(directory.path(), RunDirectory.CONFIG);
    return directory.files().exists(file)
        ? Optional.of(new ConfigText(file.toString(), directory.config()))
        : Optional.empty();
  }

  /** Writes images as shards, or finds that these are there already. */
  private void importInto(
      Path shards, TableImages images, SparkSession session, LoadedSettings config)
      throws IOException {
    FileSystem files = FileSystems.of(shards, session.sparkContext().hadoopConfiguration());
    boolean there = files.exists(shards);
    Path out = there ? new Path(shards.getParent(), shards.getName() + "-again") : shards;
    if (there) {
      files.delete(out, true); // of a fit that was killed
    }
    Import.Settings asked =
        new Import.Settings(
            new TableIntake(images),
            out.toString(),
            OptionalLong.empty(),
            config.settings().data().imagesPerShard(),
            skipsInvalid() ? Import.Damaged.SKIP : Import.Damaged.REFUSE);
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

  @Override
  public ScoreModelEstimator copy(ParamMap extra) {
    return (ScoreModelEstimator) defaultCopy(extra);
  }
}
