package tweedie.driver.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsChange;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.GaussianMixture;
import tweedie.score.MixtureOfClasses;
import tweedie.train.checkpoint.Checkpoint;

/** Chooses the model of a run. */
public final class Models {

  private static final Logger LOG = LoggerFactory.getLogger(Models.class);

  private Models() {}

  /**
   * The model that the settings name: an oracle, or the network of a checkpoint.
   *
   * @param purpose what it is for, in words
   * @throws DataException if there is none
   */
  public static RunModel of(
      RunDirectory run, LoadedSettings config, CheckpointChoice choice, String purpose)
      throws IOException {
    Settings settings = config.settings();
    return switch (settings.model().oracle()) {
      case MIXTURE -> new OfMixture(FromSettings.mixture(settings.data().mixture()));
      case DATA ->
          new DataModel(
              settings.data().path(),
              FromSettings.data(
                  config, "tweedie.data.path", settings.data().path(), run.files().getConf()),
              DataModel.MEMORY_SHARE);
      case NONE -> {
        Checkpoint checkpoint = run.checkpoint(choice, purpose);
        checkpoint
            .origin()
            .ifPresent(
                origin -> warnOfIgnored(origin.config(), checkpoint.state().round(), config));
        yield new TrainedModel(
            checkpoint.network(),
            checkpoint.state().ema(),
            checkpoint.state().round(),
            choice.words());
      }
    };
  }

  /** Says which settings of the network are asked for in vain. */
  private static void warnOfIgnored(String trainedWith, int round, LoadedSettings config) {
    LoadedSettings trained = SettingsLoader.load(new ConfigText("its config.conf", trainedWith));
    for (SettingsChange change : SettingsChange.between(trained, config)) {
      if (change.key().startsWith("tweedie.model.") && !change.key().endsWith(".oracle")) {
        LOG.warn(
            "{} = {} is not taken: the network is that of the checkpoint after round {}, which was trained with {}",
            change.key(),
            change.now(),
            round,
            change.before());
      }
    }
  }

  /** A mixture, whose denoiser is known in closed form. */
  private record OfMixture(GaussianMixture mixture) implements RunModel {

    @Override
    public String name() {
      return "the mixture of %d components".formatted(mixture.components());
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 1, mixture.dimension());
    }

    @Override
    public Denoiser denoiser() {
      return mixture;
    }

    @Override
    public DifferentiableDenoiser differentiable() {
      return mixture;
    }

    /** Its components. */
    @Override
    public int classes() {
      return mixture.components();
    }

    @Override
    public ConditionalDenoiser conditional() {
      return new MixtureOfClasses(mixture);
    }

    @Override
    public List<WalkStatistic> walkStatistics(double s) {
      List<WalkStatistic> statistics = new ArrayList<>();
      statistics.add(new WalkStatistic.LogDensity(mixture, s));
      statistics.addAll(WalkStatistic.projections(mixture.dimension()));
      return statistics;
    }
  }
}
