package tweedie.driver.sample;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardWriter;
import tweedie.device.TaskResources;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.run.SampleDirectory.Part;
import tweedie.driver.sample.Drawing.Shared;
import tweedie.driver.sample.Drawing.Stretch;
import tweedie.network.engine.Engines;
import tweedie.sample.LevelSums;
import tweedie.sample.Samples;
import tweedie.sample.walk.WalkJump;
import tweedie.sample.walk.WalkState;
import tweedie.score.Denoiser;

/**
 * A task that lets a block of chains walk on until each has made as many jumps as are asked for. It
 * writes the images of some jumps, then where the chains are, and so on: a task that is cut off is
 * gone on with from there.
 *
 * @param shared what all tasks of the job share; its unit is the step of a chain
 * @param chains number of chains of the walk: jump j of chain c is sample j * chains + c
 */
record SampleWalks(Shared shared, WalkJump walk, int chains)
    implements Function<Stretch, BatchNotes> {

  /** About so many images go into one file. */
  private static final int IMAGES_IN_PART = 1024;

  @Override
  public BatchNotes call(Stretch stretch) throws IOException {
    Engines.take(shared.threads());
    Configuration hadoop = TaskResources.hadoop();
    String directory = shared.directory();
    Path path = new Path(directory);
    FileSystem files = ResultFiles.of(path, hadoop);
    SampleDirectory samples = new SampleDirectory(files, path);
    // where an attempt before this one came to, not where the chains were when the job was planned
    Optional<Block> block =
        samples.blocks().stream().filter(found -> found.first() == stretch.first()).findFirst();
    long jumps = block.map(Block::jumps).orElse(0L);
    forget(samples, stretch, jumps);
    State at =
        block.isPresent()
            ? read(files, block.get())
            : new State(
                0,
                walk.begin(
                    shared.seed(),
                    LongStream.rangeClosed(stretch.first(), stretch.last()).toArray()));
    long most = Math.max(1, IMAGES_IN_PART / stretch.size());
    BatchNotes all = BatchNotes.NONE;
    try (Denoiser denoiser = shared.model().value().denoiser()) {
      while (jumps < stretch.to() && at.walk().chains().length > 0) {
        long to = Math.min(jumps + most, stretch.to());
        Leg leg = walk(denoiser, at, jumps, to);
        ShardWriter.write(
            SampleDirectory.part(directory, stretch.first(), stretch.last(), jumps, to - 1),
            leg.images(),
            shared.columns(),
            leg.notes().inFooter(),
            hadoop);
        WholeFile.write(
            files,
            SampleDirectory.walk(directory, stretch.first(), stretch.last(), to),
            Json.LINE.text(leg.end()));
        if (jumps > 0) {
          files.delete(
              SampleDirectory.walk(directory, stretch.first(), stretch.last(), jumps), false);
        }
        all = all.plus(leg.notes());
        at = leg.end();
        jumps = to;
      }
    }
    return all;
  }

  private State read(FileSystem files, Block block) throws IOException {
    State state = Json.LINE.read(WholeFile.read(files, block.file()), State.class, block.file());
    long[] numbers = state.walk().chains();
    long values = (long) numbers.length * shared.model().value().shape().dimension();
    if (state.walk().y().length != values
        || state.walk().v().length != values
        || LongStream.of(numbers).anyMatch(c -> c < block.first() || c > block.last())) {
      throw new DataException(
          "%s is damaged: it does not hold chains %d to %d. Delete it with their part files, and they walk anew."
              .formatted(block.file(), block.first(), block.last()));
    }
    return state;
  }

  /** Deletes images of jumps after which it was not written where the chains were. */
  private static void forget(SampleDirectory samples, Stretch stretch, long jumps)
      throws IOException {
    for (Part part : samples.parts()) {
      if (part.first() == stretch.first() && part.from() >= jumps) {
        samples.files().delete(part.file(), false);
      }
    }
  }

  /**
   * Where a block of chains is.
   *
   * @param calls calls of the denoiser for each since the beginning
   */
  private record State(long calls, WalkState walk) {}

  private record Leg(List<LabeledImage> images, BatchNotes notes, State end) {}

  private Leg walk(Denoiser denoiser, State at, long from, long to) {
    WalkJump leg = walk.ofJumps(Math.toIntExact(to - from));
    List<LabeledImage> images = new ArrayList<>();
    AtomicLong jump = new AtomicLong(from);
    List<LevelSums> level = new ArrayList<>();
    WalkJump.Walked walked =
        leg.walk(
            denoiser,
            shared.seed(),
            at.walk(),
            (step, jumped) -> {
              long offset = jump.getAndIncrement() * chains;
              images.addAll(
                  SampleChains.images(jumped, shared.model().value(), shared.seed(), offset));
              shared.walked().add((long) at.walk().chains().length * walk.stepsPerJump());
            },
            end -> level.add(LevelSums.of(end)));
    Samples last = walked.jump();
    shared.called().add(last.calls() * at.walk().chains().length);
    long calls = at.calls() + last.calls();
    return new Leg(
        images,
        new BatchNotes(
            calls, images.size(), LongStream.of(last.diverged()).boxed().toList(), level),
        new State(calls, walked.end()));
  }
}
