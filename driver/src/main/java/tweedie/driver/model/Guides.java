package tweedie.driver.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.score.Guidance;

/** Finds the guide that the settings name. */
public final class Guides {

  private static final String GUIDE = "tweedie.sample.guidance.guide";
  private static final String WEIGHT = "tweedie.sample.guidance.weight";

  private Guides() {}

  /**
   * A checkpoint of a run, as {@code RUN}, {@code RUN@ROUND} or, of the run that is guided,
   * {@code @ROUND}.
   *
   * @param run empty for that run
   */
  private record Named(String run, CheckpointChoice checkpoint) {

    static Named of(String text) {
      int at = text.lastIndexOf('@');
      Optional<CheckpointChoice> checkpoint = CheckpointChoice.of(text.substring(at + 1));
      return at < 0 || checkpoint.isEmpty() // as in s3a://key@bucket/run
          ? new Named(text, CheckpointChoice.NEWEST)
          : new Named(text.substring(0, at), checkpoint.get());
    }
  }

  /**
   * The model led by its guide; the model itself where the settings ask for none.
   *
   * @param run of the model
   * @throws ConfigException if the settings ask for half of it
   * @throws DataException if the guide is missing or is of other images or other noise
   */
  public static RunModel guided(RunModel model, RunDirectory run, LoadedSettings config)
      throws IOException {
    Settings.Guide settings = config.settings().sample().guidance();
    if (settings.guide().isEmpty() && settings.weight() == 1) {
      return model;
    }
    if (settings.guide().isEmpty()) {
      throw new ConfigException(
          config.problem(WEIGHT, "needs a guide: name a worse model with --guide RUN[@ROUND]"));
    }
    if (settings.weight() == 1) {
      throw new ConfigException(
          config.problem(GUIDE, "leads nowhere with weight 1: give --guidance W, such as 2"));
    }
    Named named = Named.of(settings.guide());
    Configuration conf = run.files().getConf();
    RunDirectory guideRun =
        named.run().isEmpty() ? run : RunDirectory.at(FileSystems.path(named.run()), conf);
    LoadedSettings trained = settings(guideRun);
    RunModel guide = Models.of(guideRun, trained, named.checkpoint(), "guide with");
    if (!guide.shape().equals(model.shape())) {
      throw new DataException(
          "%s = %s is a model of images of %s, and cannot guide one of %s"
              .formatted(GUIDE, settings.guide(), guide.shape(), model.shape()));
    }
    Guidance guidance = new Guidance(settings.weight(), settings.sigmaMin(), settings.sigmaMax());
    requireKnown(
        settings,
        FromSettings.meanNoise(config.settings()),
        FromSettings.meanNoise(trained.settings()));
    return new GuidedModel(model, guide, guidance);
  }

  private static LoadedSettings settings(RunDirectory run) throws IOException {
    Path file = new Path(run.path(), RunDirectory.CONFIG);
    try {
      return SettingsLoader.load(
          Optional.empty(), List.of(), Optional.of(new ConfigText(file.toString(), run.config())));
    } catch (FileNotFoundException e) {
      throw new DataException(
          "The guide %s is no run: it has no %s".formatted(run.path(), RunDirectory.CONFIG), e);
    }
  }

  /** The guide is asked at noise that the model is drawn with and guidance acts at. */
  private static void requireKnown(
      Settings.Guide settings, FromSettings.MeanNoise model, FromSettings.MeanNoise guide) {
    double from = Math.max(settings.sigmaMin(), model.min());
    double to = Math.min(settings.sigmaMax(), model.max());
    if (from < to && (from < guide.min() || to > guide.max())) {
      throw new DataException(
          "%s = %s was trained with noise from %.4g to %.4g, and would guide from %.4g to %.4g: set tweedie.sample.guidance.sigma-min and .sigma-max within what it knows, or take another guide"
              .formatted(GUIDE, settings.guide(), guide.min(), guide.max(), from, to));
    }
  }
}
