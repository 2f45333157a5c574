package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.shard.ShardReader;
import tweedie.driver.run.SampleDirectory.Part;
import tweedie.sample.LevelSums;
import tweedie.sample.Samples;

/**
 * What is known of a batch of chains besides its images; it is kept in the footer of their file, so
 * that a later call knows it too.
 *
 * @param calls calls of the denoiser for each chain
 * @param images number of images drawn
 * @param diverged numbers of the chains that were stopped because a value was not finite
 * @param levels what the chains did at each noise level
 */
record BatchNotes(long calls, long images, List<Long> diverged, List<LevelSums> levels)
    implements Serializable {

  private static final String KEY = "tweedie.batch";

  /** No batch yet. */
  static final BatchNotes NONE = new BatchNotes(0, 0, List.of(), List.of());

  static BatchNotes of(Samples samples, List<LevelSums> levels) {
    return new BatchNotes(
        samples.calls(),
        samples.chains().length,
        LongStream.of(samples.diverged()).boxed().toList(),
        levels);
  }

  /** Of these chains and others of the same sampler. */
  BatchNotes plus(BatchNotes other) {
    List<LevelSums> sums = new ArrayList<>();
    for (int level = 0; level < Math.max(levels.size(), other.levels.size()); level++) {
      sums.add(
          level >= levels.size()
              ? other.levels.get(level)
              : level >= other.levels.size()
                  ? levels.get(level)
                  : levels.get(level).plus(other.levels.get(level)));
    }
    return new BatchNotes(
        Math.max(calls, other.calls),
        images + other.images,
        Stream.concat(diverged.stream(), other.diverged.stream()).distinct().sorted().toList(),
        sums);
  }

  /** As a note in the footer of a file. */
  Map<String, String> inFooter() {
    return Map.of(KEY, Json.LINE.text(this));
  }

  /**
   * What {@link #inFooter} wrote into a file.
   *
   * @throws DataException if it is damaged, or holds other samples than its name says
   */
  static BatchNotes read(Part part, Configuration conf) throws IOException {
    ShardReader.Footer footer = ShardReader.footer(part.file(), conf);
    if (!footer.notes().containsKey(KEY)) {
      throw new DataException(
          part.file() + " has no notes on its chains: it was not written by `tweedie sample`");
    }
    BatchNotes notes = Json.LINE.read(footer.notes().get(KEY), BatchNotes.class, part.file());
    boolean named =
        part.jumps() > 0
            ? footer.images() <= part.chains() * part.jumps()
            : footer.images() + notes.diverged().size() == part.chains()
                && (footer.images() == 0
                    || footer.firstId() >= part.first() && footer.lastId() <= part.last());
    if (!named || footer.images() != notes.images()) {
      throw new DataException(
          "%s holds %d samples, of numbers %d to %d, which are not those of its name. It was renamed or damaged; delete it, and its samples are drawn again."
              .formatted(part.file(), footer.images(), footer.firstId(), footer.lastId()));
    }
    return notes;
  }
}
