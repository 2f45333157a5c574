package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.shard.ShardReader;
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

  /** What {@link #inFooter} wrote into a file. */
  static BatchNotes read(Path file, Configuration conf) throws IOException {
    String notes = ShardReader.notes(file, conf).get(KEY);
    if (notes == null) {
      throw new DataException(
          file + " has no notes on its chains: it was not written by `tweedie sample`");
    }
    return Json.LINE.read(notes, BatchNotes.class, file);
  }
}
