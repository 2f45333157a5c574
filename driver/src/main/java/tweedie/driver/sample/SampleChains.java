package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.device.TaskResources;
import tweedie.driver.model.SampledModel;
import tweedie.driver.run.SampleDirectory;
import tweedie.sample.LevelSums;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.score.Denoiser;

/**
 * A task that runs the chains of one batch and writes their images, whole or not at all.
 *
 * @param directory of the samples
 * @param columns what the file says of every image besides
 * @param walked counts the noise levels that chains have done
 * @param called counts the calls of the denoiser, once for each chain
 */
record SampleChains(
    Broadcast<SampledModel> model,
    Sampler sampler,
    long seed,
    String directory,
    Map<String, ?> columns,
    Frames.Plan frames,
    int threads,
    LongAccumulator walked,
    LongAccumulator called)
    implements Function<SampleChains.Range, BatchNotes> {

  /** Chains first..last, last included. */
  record Range(long first, long last) implements Serializable {
    int size() {
      return Math.toIntExact(last - first + 1);
    }
  }

  @Override
  public BatchNotes call(Range range) throws IOException {
    TaskResources.take(threads);
    long[] chains = LongStream.rangeClosed(range.first(), range.last()).toArray();
    List<LevelSums> levels = new ArrayList<>();
    Frames kept = new Frames(frames);
    AtomicLong calls = new AtomicLong();
    Samples samples;
    try (Denoiser denoiser = model.value().denoiser()) {
      samples =
          sampler.sample(
              denoiser,
              seed,
              chains,
              kept.and(end -> levels.add(LevelSums.of(end)))
                  .and(
                      end ->
                          called.add((end.calls() - calls.getAndSet(end.calls())) * chains.length))
                  .and(end -> walked.add(chains.length)));
    }
    Configuration hadoop = TaskResources.hadoop();
    kept.write(directory, range.first(), hadoop);
    BatchNotes notes = BatchNotes.of(samples, levels);
    ShardWriter.write(
        SampleDirectory.part(directory, range.first(), range.last()),
        images(samples, model.value().shape(), 0),
        columns,
        notes.inFooter(),
        hadoop);
    return notes;
  }

  /**
   * The images of samples.
   *
   * @param offset of their numbers from those of their chains
   */
  static List<LabeledImage> images(Samples samples, ImageShape shape, long offset) {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < samples.chains().length; i++) {
      float[] pixels = new float[shape.dimension()];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (float) samples.images()[i * pixels.length + j];
      }
      images.add(new LabeledImage(offset + samples.chains()[i], -1, shape, pixels));
    }
    return images;
  }
}
