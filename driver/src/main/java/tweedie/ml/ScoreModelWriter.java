package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;
import tweedie.driver.run.RunDirectory;
import tweedie.train.checkpoint.Checkpoint;

/** Writes a model as a run that has its checkpoint alone, with the params beside it. */
final class ScoreModelWriter extends MLWriter {

  private final ScoreModel model;
  private final LoadedRun run;

  ScoreModelWriter(ScoreModel model, LoadedRun run) {
    this.model = model;
    this.run = run;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter$.MODULE$.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
    try {
      RunDirectory to = RunDirectory.at(new Path(path), sc().hadoopConfiguration());
      to.writeConfig(run.config().resolved());
      if (run.model().isNetwork()) {
        Checkpoint checkpoint = run.directory().checkpoint(run.checkpoint(), "save");
        to.writeStatistics(run.directory().statistics());
        to.checkpoints().save(checkpoint, 1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
