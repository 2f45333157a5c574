package tweedie.driver.sample;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings.Method;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.sample.SampleRequest.Schedule;
import tweedie.sample.Sampler;

/**
 * What samples are drawn of, and how.
 *
 * @param statistics of the data of the model; empty for a mixture
 */
record SamplePlan(RunModel model, Sampler sampler, Optional<DataStatistics> statistics) {

  // the messages of sampling are those of the command
  private static final Logger LOG = LoggerFactory.getLogger(Sample.class);

  /**
   * A chain whose noise has so many times the variance that the denoiser expects at some level ends
   * far from the data (NCSNv2, technique 4, arXiv 2006.09011, aims at 1).
   */
  private static final double LARGEST_VARIANCE_RATIO = 2;

  /**
   * The plan that the settings make.
   *
   * @throws DataException if they make none, or one that cannot work
   */
  static SamplePlan of(
      JavaSparkContext spark,
      RunDirectory run,
      LoadedSettings config,
      CheckpointChoice checkpoint,
      Schedule schedule)
      throws IOException {
    RunModel trained = Models.of(run, config, checkpoint, "sample from");
    Optional<DataStatistics> statistics = statistics(spark, run, config);
    RunModel model = new ModelChoice(run, config, statistics).of(trained);
    Sampler sampler = SamplerChoice.of(config, run, model.shape(), statistics);
    refuseNoisy(sampler, config, schedule);
    return new SamplePlan(model, sampler, statistics);
  }

  /** What the data of the model look like; empty for a mixture. */
  private static Optional<DataStatistics> statistics(
      JavaSparkContext spark, RunDirectory run, LoadedSettings config) throws IOException {
    return switch (config.settings().model().oracle()) {
      case NONE -> Optional.of(run.statistics());
      case MIXTURE -> Optional.empty();
      case DATA ->
          Optional.of(
              run.statistics(spark, FromSettings.data(config, spark.hadoopConfiguration())));
    };
  }

  /** Refuses levels and steps that cannot work, unless the caller insists. */
  private static void refuseNoisy(Sampler sampler, LoadedSettings config, Schedule schedule) {
    double largest = Arrays.stream(sampler.predictedVarianceRatios()).max().orElseThrow();
    if (largest <= LARGEST_VARIANCE_RATIO) {
      return;
    }
    String sentence =
        "Chains of these noise levels and steps carry up to %.3g times the noise variance that the denoiser expects"
            .formatted(largest);
    if (schedule == Schedule.ANY || config.settings().sample().method() == Method.SEED) {
      LOG.warn("{}: expect wrong samples, as even an exact score gives", sentence);
    } else {
      throw new DataException(
          sentence
              + " (%s is reasonable), as for %s. Take more levels or steps, or leave the step size open; --force draws them all the same."
                  .formatted(LARGEST_VARIANCE_RATIO, sampler.description()));
    }
  }
}
