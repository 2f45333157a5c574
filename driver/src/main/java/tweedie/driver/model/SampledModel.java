package tweedie.driver.model;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.driver.config.JobSettings;
import tweedie.driver.config.Loaded;
import tweedie.driver.config.Settings;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.sample.Inpainting;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.GaussianMixture;
import tweedie.train.checkpoint.Checkpoint;

/** What is sampled, in a form that travels: plain arrays, from which a task makes the denoiser. */
public interface SampledModel extends Serializable {

  /** What it is, for people; two models of one name are the same. */
  String name();

  /** Differs between models of one name, as far as that can happen. */
  default String fingerprint() {
    return name();
  }

  /** The round after which it had its weights; 0 of a model that was not trained. */
  default int round() {
    return 0;
  }

  ImageShape shape();

  /** A denoiser for one task; closing it does not end the model. */
  Denoiser denoiser();

  /**
   * A denoiser for one task that knows its Jacobian; closing it does not end the model.
   *
   * @throws UnsupportedOperationException if the model has none
   */
  default DifferentiableDenoiser differentiable() {
    throw new UnsupportedOperationException(name() + " has no Jacobian");
  }

  /**
   * The largest batch whose native memory stays within so many bytes, at least 1.
   *
   * @param bytes that a task may take
   */
  int largestBatch(long bytes);

  /**
   * By what the mixing of a walk is judged.
   *
   * @param s noise of the walk
   */
  List<WalkStatistic> walkStatistics(double s);

  /** Whether it looks at the copies themselves, not only at their mean. */
  default boolean seesCopies() {
    return false;
  }

  /**
   * Says beforehand how long a job takes, where that is worth saying.
   *
   * @param calls of the denoiser for each batch
   */
  default void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {}

  /** Frees what this process keeps for tasks to come. */
  default void free() {}

  /**
   * The model that the settings name: an oracle, or the network of a checkpoint.
   *
   * @param purpose what it is for, in words
   * @throws tweedie.data.DataException if there is none
   */
  static SampledModel of(RunDirectory run, Loaded config, CheckpointChoice choice, String purpose)
      throws IOException {
    Settings settings = config.settings();
    return switch (settings.model().oracle()) {
      case MIXTURE -> new Mixture(JobSettings.mixture(settings.data().mixture()));
      case DATA ->
          new DataModel(
              settings.data().path(),
              JobSettings.data(
                  config, "tweedie.data.path", settings.data().path(), run.files().getConf()));
      case NONE -> {
        Checkpoint checkpoint = run.checkpoint(choice, purpose);
        yield new TrainedModel(
            checkpoint.network(), checkpoint.state().ema(), checkpoint.state().round());
      }
    };
  }

  /** A mixture, whose denoiser is known in closed form. */
  record Mixture(GaussianMixture mixture) implements SampledModel {

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

    @Override
    public int largestBatch(long bytes) {
      return Integer.MAX_VALUE;
    }

    @Override
    public List<WalkStatistic> walkStatistics(double s) {
      List<WalkStatistic> statistics = new ArrayList<>();
      statistics.add(new WalkStatistic.LogDensity(mixture, s));
      statistics.addAll(WalkStatistic.projections(mixture.dimension()));
      return statistics;
    }
  }

  /**
   * A model of images of which a part is known.
   *
   * @param known what is known, in words
   */
  record Completed(SampledModel whole, Inpainting part, String known) implements SampledModel {

    @Override
    public String name() {
      return "%s, completing %s".formatted(whole.name(), known);
    }

    @Override
    public int round() {
      return whole.round();
    }

    @Override
    public ImageShape shape() {
      return whole.shape();
    }

    @Override
    public Denoiser denoiser() {
      return part.of(whole.denoiser());
    }

    @Override
    public int largestBatch(long bytes) {
      return whole.largestBatch(bytes);
    }

    @Override
    public List<WalkStatistic> walkStatistics(double s) {
      return whole.walkStatistics(s);
    }

    @Override
    public boolean seesCopies() {
      return whole.seesCopies();
    }

    @Override
    public void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {
      whole.announce(spark, batches, batchSize, calls);
    }

    @Override
    public void free() {
      whole.free();
    }
  }
}
