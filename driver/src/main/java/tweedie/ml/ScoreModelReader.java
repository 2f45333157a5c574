package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import tweedie.data.FileSystems;
import tweedie.driver.run.CheckpointChoice;

/** Reads a model with its params, or a run. */
final class ScoreModelReader extends MLReader<ScoreModel> {

  private static final String METADATA = "metadata";

  static ScoreModel load(String run, CheckpointChoice checkpoint, List<String> settings) {
    return new ScoreModelReader().load(SparkSession.active(), run, checkpoint, settings);
  }

  @Override
  public ScoreModel load(String path) {
    return load(sparkSession(), path, CheckpointChoice.NEWEST, List.of());
  }

  private ScoreModel load(
      SparkSession session, String path, CheckpointChoice checkpoint, List<String> settings) {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    try {
      LoadedRun run = LoadedRun.of(path, checkpoint, settings, hadoop);
      Path metadata = new Path(run.directory().path(), METADATA);
      if (!FileSystems.of(metadata, hadoop).exists(metadata)) {
        return new ScoreModel(Identifiable.randomUID("scoreModel"), run);
      }
      DefaultParamsReader.Metadata saved =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, session.sparkContext(), ScoreModel.class.getName());
      ScoreModel model = new ScoreModel(saved.uid(), run);
      saved.getAndSetParams(model, Option.empty());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
