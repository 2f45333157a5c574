package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.DataException;
import tweedie.data.LabeledImage;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.network.engine.Engines;
import tweedie.sample.Sampler;
import tweedie.sample.walk.WalkJump;
import tweedie.score.Denoiser;

/**
 * Chains that are run where their samples are wanted, and leave no files. Chain k ends in the same
 * sample as in the command's files.
 *
 * @param threads of native operations
 */
public record LooseChains(RunModel model, Sampler sampler, long seed, int threads)
    implements Serializable {

  /**
   * The chains of a run.
   *
   * @throws DataException if the settings make none, or chains that walk on
   */
  public static LooseChains of(
      JavaSparkContext spark, RunDirectory run, LoadedSettings config, CheckpointChoice checkpoint)
      throws IOException {
    Settings settings = config.settings();
    SamplePlan plan = SamplePlan.of(spark, run, config, checkpoint, SampleRequest.Schedule.SOUND);
    if (plan.sampler() instanceof WalkJump) {
      throw new DataException(
          "tweedie.sample.method = walk-jump: its chains walk on from files; draw them with the command sample");
    }
    return new LooseChains(
        plan.model(), plan.sampler(), settings.seed(), settings.train().threadsPerWorker());
  }

  /** The samples of some chains, in this task. */
  public List<LabeledImage> samples(long first, long last) {
    Engines.take(threads);
    long[] chains = LongStream.rangeClosed(first, last).toArray();
    try (Denoiser denoiser = model.denoiser()) {
      return SampleChains.images(sampler.sample(denoiser, seed, chains, end -> {}), model, seed, 0);
    }
  }
}
