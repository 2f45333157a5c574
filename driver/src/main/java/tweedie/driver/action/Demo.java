package tweedie.driver.action;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.source.DigitsSource;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.imports.Import;
import tweedie.driver.imports.Import.Damaged;
import tweedie.driver.imports.SourceIntake;
import tweedie.driver.progress.Progress;
import tweedie.driver.report.Report;
import tweedie.driver.report.ReportRequest;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.sample.Sample;
import tweedie.driver.sample.SampleRequest;
import tweedie.driver.train.Train;
import tweedie.driver.train.TrainRequest;

/**
 * The whole path on built-in data: digits are drawn, a model is trained on them, and it draws some
 * of its own.
 *
 * @param run directory of the run, in which the data is made as well
 */
record Demo(Path run, LoadedSettings config, SparkSession session, PrintWriter out) {

  private static final int SIZE = 20;
  private static final int DIGITS = 8000;
  private static final int SAMPLES = 64;

  /**
   * Does what is not done yet in the run's directory, and prints what took how long and where the
   * picture and the report are.
   */
  void execute() throws IOException {
    Path shards = FileSystems.path(config.settings().data().path());
    FileSystem files = FileSystems.of(shards, session.sparkContext().hadoopConfiguration());
    long began = System.nanoTime();
    if (!files.exists(shards)) {
      Import.Settings settings =
          new Import.Settings(
              new SourceIntake(new DigitsSource(SIZE, SIZE, DIGITS, config.settings().seed())),
              shards.toString(),
              OptionalLong.empty(),
              config.settings().data().imagesPerShard(),
              Damaged.REFUSE);
      Progress progress = Progress.start("drawing digits", "images", DIGITS);
      new Import(session, settings, progress).execute();
    }
    double imported = seconds(began);
    began = System.nanoTime();
    Train.Result trained =
        new Train(new TrainRequest(run, config, TrainRequest.Changes.REFUSE), session).execute();
    double training = seconds(began);
    Sample.Result samples =
        new Sample(
                new SampleRequest(
                    run,
                    SAMPLES,
                    CheckpointChoice.NEWEST,
                    SampleRequest.Schedule.SOUND,
                    SampleRequest.Pictures.STILL,
                    config),
                session)
            .execute();
    if (samples.grid() == null) {
      throw new DataException(
          "No sample stayed finite; see %s/diagnostics.json".formatted(samples.directory()));
    }
    out.println(
        "import %.0f s, training %.0f s (%d images seen), sampling %.0f s"
            .formatted(imported, training, trained.state().images(), samples.seconds()));
    Path report =
        new Report(
                new ReportRequest(run, Optional.empty(), ReportRequest.Pages.ONE),
                session.sparkContext().hadoopConfiguration())
            .execute();
    out.println("Look at " + samples.grid().toUri().getPath());
    out.println("and open " + report.toUri().getPath());
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
