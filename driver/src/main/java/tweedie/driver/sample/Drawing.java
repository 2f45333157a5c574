package tweedie.driver.sample;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.sample.SampleChains.Range;
import tweedie.driver.sample.SampleWalks.Stretch;
import tweedie.sample.Sampler;
import tweedie.sample.WalkJump;

/**
 * How a sampler's samples come about: each at the end of a chain of its own, or as the jumps of
 * chains that walk on when more are asked for.
 *
 * @param <B> the batch of chains of a task
 */
sealed interface Drawing<B> {

  /**
   * @param walkingChains how many chains walk, if the sampler's do
   */
  static Drawing<?> of(Sampler sampler, int walkingChains) {
    return sampler instanceof WalkJump walk ? new Jumps(walk, walkingChains) : new Ends(sampler);
  }

  Sampler sampler();

  /** Number of chains that walk; 0 where every sample is a chain. */
  int chains();

  /** All that decides what the samples are, but the model and the seed. */
  String description();

  /** The batches that have still to run for so many samples. */
  List<B> missing(SampleDirectory directory, long count, int batchSize) throws IOException;

  /** In what the progress of chains is counted. */
  String unit();

  /** How many of these units all chains of a batch have to do. */
  long units(B batch);

  /** Samples that a batch gives. */
  long images(B batch);

  /** Calls of the denoiser for a batch, about. */
  long calls(B batch);

  /** The task that runs a batch. */
  Function<B, BatchNotes> task(SampleTask shared);

  /** Every sample is the end of a chain. */
  record Ends(Sampler sampler) implements Drawing<Range> {

    @Override
    public int chains() {
      return 0;
    }

    @Override
    public String description() {
      return sampler.description();
    }

    @Override
    public List<Range> missing(SampleDirectory directory, long count, int batchSize)
        throws IOException {
      return new ChainPlan(count, 0).missing(directory.done(), batchSize);
    }

    @Override
    public String unit() {
      return "chain levels";
    }

    @Override
    public long units(Range range) {
      return (long) range.size() * sampler.levels().count();
    }

    @Override
    public long images(Range range) {
      return range.size();
    }

    @Override
    public long calls(Range range) {
      return sampler.calls();
    }

    @Override
    public Function<Range, BatchNotes> task(SampleTask shared) {
      return new SampleChains(shared, sampler);
    }
  }

  /** Samples are the jumps of chains that walk. */
  record Jumps(WalkJump sampler, int chains) implements Drawing<Stretch> {

    @Override
    public String description() {
      return "%s, %d chains".formatted(sampler.description(), chains);
    }

    @Override
    public List<Stretch> missing(SampleDirectory directory, long count, int batchSize)
        throws IOException {
      return new ChainPlan(count, chains).stretches(directory.blocks(), batchSize);
    }

    @Override
    public String unit() {
      return "steps";
    }

    @Override
    public long units(Stretch stretch) {
      return stretch.steps(sampler);
    }

    @Override
    public long images(Stretch stretch) {
      return stretch.images();
    }

    @Override
    public long calls(Stretch stretch) {
      return stretch.calls(sampler);
    }

    @Override
    public Function<Stretch, BatchNotes> task(SampleTask shared) {
      return new SampleWalks(shared, sampler, chains);
    }
  }
}
