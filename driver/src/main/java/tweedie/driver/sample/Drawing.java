package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.run.SampleDirectory.Part;
import tweedie.sample.ChainStart;
import tweedie.sample.Sampler;
import tweedie.sample.walk.WalkJump;

/**
 * How a sampler's samples come about: each at the end of a chain of its own, or as the jumps of
 * chains that walk on when more are asked for.
 */
sealed interface Drawing {

  /**
   * @param walkingChains how many chains walk, if the sampler's do
   */
  static Drawing of(Sampler sampler, int walkingChains) {
    return sampler instanceof WalkJump walk ? new Jumps(walk, walkingChains) : new Ends(sampler);
  }

  Sampler sampler();

  /** Number of chains that walk; 0 where every sample is a chain. */
  int chains();

  /** All that decides what the samples are, but the model and the seed. */
  String description();

  /**
   * Empty for noise alone, with which all chains started before the variance of the data was added.
   */
  private static String start(ChainStart start) {
    return start.variance() > 0 ? ", start " + start : "";
  }

  /** The batches that have still to run so that samples 0..count-1 are there. */
  List<Stretch> missing(SampleDirectory directory, long count, int batchSize) throws IOException;

  /** In what the progress of chains is counted. */
  String unit();

  /** How many of these units all chains of a batch have to do. */
  long units(Stretch batch);

  /** Calls of the denoiser for each chain of a batch, about. */
  long calls(Stretch batch);

  /** The task that runs a batch. */
  Function<Stretch, BatchNotes> task(Shared shared);

  /**
   * What a batch of chains has still to do; a chain that ends in one sample makes one jump.
   *
   * @param first number of the first chain
   * @param last number of the last chain
   * @param from jumps it had made
   * @param to jumps that it shall have made
   */
  record Stretch(long first, long last, long from, long to) implements Serializable {

    int size() {
      return Math.toIntExact(last - first + 1);
    }

    /** Images that its chains will have given. */
    long images() {
      return size() * (to - from);
    }
  }

  /**
   * What all tasks of a job share.
   *
   * @param directory of the samples
   * @param columns what the files say of every image besides
   * @param threads of native operations
   * @param walked counts what the chains have done, in the unit of the drawing
   * @param called counts the calls of the denoiser, once for each chain
   */
  record Shared(
      Broadcast<RunModel> model,
      long seed,
      String directory,
      Map<String, ?> columns,
      int threads,
      LongAccumulator walked,
      LongAccumulator called)
      implements Serializable {}

  /** Every sample is the end of a chain. */
  record Ends(Sampler sampler) implements Drawing {

    @Override
    public int chains() {
      return 0;
    }

    @Override
    public String description() {
      return sampler.description() + start(sampler.start());
    }

    @Override
    public List<Stretch> missing(SampleDirectory directory, long count, int batchSize)
        throws IOException {
      return missing(done(directory), count, batchSize);
    }

    /** The numbers of the chains that have ended. */
    private static Set<Long> done(SampleDirectory directory) throws IOException {
      List<Part> parts = directory.parts();
      Configuration conf = directory.files().getConf();
      // each footer is a request of its own where files are far away
      parts.parallelStream()
          .forEach(
              part -> {
                try {
                  BatchNotes.read(part, conf);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      return parts.stream()
          .flatMap(part -> LongStream.rangeClosed(part.first(), part.last()).boxed())
          .collect(Collectors.toSet());
    }

    /** Runs of missing samples, each at most a batch long. */
    static List<Stretch> missing(Set<Long> done, long count, int batchSize) {
      List<Stretch> missing = new ArrayList<>();
      long first = 0;
      while (first < count) {
        if (done.contains(first)) {
          first++;
          continue;
        }
        long last = first;
        while (last + 1 < count && !done.contains(last + 1) && last + 1 - first < batchSize) {
          last++;
        }
        missing.add(new Stretch(first, last, 0, 1));
        first = last + 1;
      }
      return missing;
    }

    @Override
    public String unit() {
      return "chain levels";
    }

    @Override
    public long units(Stretch batch) {
      return batch.images() * sampler.levels().count();
    }

    @Override
    public long calls(Stretch batch) {
      return sampler.calls();
    }

    @Override
    public Function<Stretch, BatchNotes> task(Shared shared) {
      return new SampleChains(shared, sampler);
    }
  }

  /** Samples are the jumps of chains that walk: sample k is jump k / chains of chain k % chains. */
  record Jumps(WalkJump sampler, int chains) implements Drawing {

    @Override
    public String description() {
      return "%s%s, %d chains".formatted(sampler.description(), start(sampler.start()), chains);
    }

    @Override
    public List<Stretch> missing(SampleDirectory directory, long count, int batchSize)
        throws IOException {
      return missing(directory.blocks(), count, batchSize);
    }

    /**
     * What the blocks of chains that there are have still to walk, and new blocks.
     *
     * @param blocks that there are, of chains 0, 1, ... without gaps
     * @param batchSize most chains of a new block
     */
    List<Stretch> missing(List<Block> blocks, long count, int batchSize) {
      List<Stretch> missing = new ArrayList<>();
      long begun = 0;
      for (Block block : blocks) {
        begun = Math.max(begun, block.last() + 1);
        long jumps = jumps(count, block.first());
        if (block.jumps() < jumps) {
          missing.add(new Stretch(block.first(), block.last(), block.jumps(), jumps));
        }
      }
      long walking = Math.min(chains, count);
      for (long first = begun; first < walking; first += batchSize) {
        long last = Math.min(walking, first + batchSize) - 1;
        missing.add(new Stretch(first, last, 0, jumps(count, first)));
      }
      return missing;
    }

    /** The jumps of a chain among the samples. */
    long jumps(long count, long chain) {
      return (count - chain + chains - 1) / chains;
    }

    @Override
    public String unit() {
      return "steps";
    }

    @Override
    public long units(Stretch batch) {
      return batch.size() * (burnIn(batch) + (batch.to() - batch.from()) * sampler.stepsPerJump());
    }

    @Override
    public long calls(Stretch batch) {
      long calls = sampler.ofJumps(Math.toIntExact(batch.to() - batch.from())).calls();
      return calls - sampler.burnIn() + burnIn(batch);
    }

    private int burnIn(Stretch batch) {
      return batch.from() == 0 ? sampler.burnIn() : 0;
    }

    @Override
    public Function<Stretch, BatchNotes> task(Shared shared) {
      return new SampleWalks(shared, sampler, chains);
    }
  }
}
