package tweedie.driver.sample;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.Function;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.device.TaskResources;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.sample.Drawing.Shared;
import tweedie.driver.sample.Drawing.Stretch;
import tweedie.network.engine.Engines;
import tweedie.sample.LevelSums;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.score.Denoiser;

/**
 * A task that runs the chains of one batch and writes their images, whole or not at all.
 *
 * @param shared what all tasks of the job share; its unit is the noise level of a chain
 */
record SampleChains(Shared shared, Sampler sampler) implements Function<Stretch, BatchNotes> {

  @Override
  public BatchNotes call(Stretch batch) throws IOException {
    Engines.take(shared.threads());
    long[] chains = LongStream.rangeClosed(batch.first(), batch.last()).toArray();
    RunModel model = shared.model().value();
    List<LevelSums> levels = new ArrayList<>();
    ChainFrames kept = new ChainFrames(model.shape(), sampler.levels().count());
    AtomicLong calls = new AtomicLong();
    Samples samples;
    try (Denoiser denoiser = model.denoiser()) {
      samples =
          sampler.sample(
              denoiser,
              shared.seed(),
              chains,
              kept.and(end -> levels.add(LevelSums.of(end)))
                  .and(
                      end ->
                          shared
                              .called()
                              .add((end.calls() - calls.getAndSet(end.calls())) * chains.length))
                  .and(end -> shared.walked().add(chains.length)));
    }
    Configuration hadoop = TaskResources.hadoop();
    kept.write(shared.directory(), batch.first(), hadoop);
    BatchNotes notes = BatchNotes.of(samples, levels);
    ShardWriter.write(
        SampleDirectory.part(shared.directory(), batch.first(), batch.last()),
        images(samples, model, shared.seed(), 0),
        shared.columns(),
        notes.inFooter(),
        hadoop);
    return notes;
  }

  /** The images of samples, whose numbers lie {@code offset} above those of their chains. */
  static List<LabeledImage> images(Samples samples, RunModel model, long seed, long offset) {
    long[] ids = LongStream.of(samples.chains()).map(chain -> offset + chain).toArray();
    int[] labels = model.labels(seed, samples.chains());
    return ImageRows.images(samples.images(), ids, labels, model.shape());
  }
}
