package tweedie.train.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.WholeFile;
import tweedie.train.checkpoint.CheckpointFile.DamagedException;
import tweedie.train.checkpoint.CheckpointFile.Manifest;
import tweedie.train.checkpoint.CheckpointFile.TornException;
import tweedie.train.round.TrainingState;

/**
 * The checkpoints of a run: {@code checkpoints/round-000012/} with
 *
 * <pre>
 *     network.json     the architecture
 *     parameters.npy   the weights, one vector of float32
 *     moments.npy      Adam's first moments, then its second moments
 *     ema.npy          the moving average of the weights
 *     momentum.npy     what the outer step of the averaging remembers; absent if it is nothing
 *     clock.json       rounds, place in the data, images and steps; with the run's seed they decide noise and order of all further rounds
 *     config.conf      all settings of the run
 *     data.json        fingerprint, shape and statistics of the data
 *     manifest.json    length and SHA-256 of each of these, the format, the version of Tweedie and the losses; written last
 * </pre>
 *
 * <p>A checkpoint without a whole manifest does not count, so nothing but the order of writing is
 * asked of a file system. One with a file that does not agree with its manifest is damaged. No file
 * holds code or serialized objects.
 */
public final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern ROUND = Pattern.compile("round-(\\d{6,})");

  private final FileSystem files;
  private final Path directory;

  /** The checkpoints of the run in {@code runDirectory}, on any Hadoop file system. */
  public Checkpoints(FileSystem files, Path runDirectory) {
    this.files = files;
    this.directory = new Path(runDirectory, "checkpoints");
  }

  /** Bytes that a checkpoint of {@code state} takes, but for its kilobytes of JSON. */
  public static long bytes(TrainingState state) {
    return (long) Float.BYTES
        * (state.parameters().length
            + state.moments().length
            + state.ema().length
            + state.momentum().length);
  }

  /**
   * Writes a checkpoint, then removes all but the newest {@code keep} and the best.
   *
   * @throws IllegalArgumentException if the checkpoint has no origin
   * @throws IOException if it cannot be written; the older ones then stay
   */
  public void save(Checkpoint checkpoint, int keep) throws IOException {
    file(checkpoint.state().round()).write(checkpoint);
    SortedMap<Integer, Manifest> manifests = manifests();
    List<Integer> rounds = new ArrayList<>(manifests.keySet());
    Optional<Integer> best = best(manifests);
    for (int round : rounds.subList(0, Math.max(0, rounds.size() - keep))) {
      if (best.isEmpty() || round != best.get()) {
        file(round).remove();
      }
    }
  }

  /**
   * The newest checkpoint that can be read whole; damaged ones after it are passed over with a
   * warning.
   *
   * @throws DataException if there are checkpoints and all of them are damaged, or a newer version
   *     of Tweedie wrote the newest
   * @throws IOException if the directory cannot be read
   */
  public Optional<Checkpoint> latest() throws IOException {
    List<Integer> rounds = new ArrayList<>(directories());
    Collections.reverse(rounds);
    Optional<DamagedException> complete = Optional.empty();
    for (int round : rounds) {
      try {
        Optional<Manifest> manifest = file(round).manifest();
        if (manifest.isPresent()) {
          return Optional.of(file(round).read(manifest.get()));
        }
      } catch (DamagedException e) {
        LOG.warn("{} The one before it is used.", e.getMessage());
        complete = e instanceof TornException ? complete : Optional.of(e);
      }
    }
    if (complete.isPresent()) {
      throw new DataException(
          "%s None before it is whole. Delete %s to train from the start, or name another --run."
              .formatted(complete.get().getMessage(), directory),
          complete.get());
    }
    return Optional.empty();
  }

  /**
   * The checkpoint with the least validation loss, or the least training loss where none was
   * validated.
   *
   * @throws DataException if it is damaged
   * @throws IOException if it cannot be read
   */
  public Optional<Checkpoint> best() throws IOException {
    Optional<Integer> best = best(manifests());
    return best.isPresent() ? Optional.of(load(best.get())) : Optional.empty();
  }

  private static Optional<Integer> best(SortedMap<Integer, Manifest> manifests) {
    SortedMap<Integer, Double> validated = new TreeMap<>();
    SortedMap<Integer, Double> trained = new TreeMap<>();
    manifests.forEach(
        (round, manifest) -> {
          if (manifest.losses() != null) {
            trained.put(round, manifest.losses().training());
            if (manifest.losses().validation() != null) {
              validated.put(round, manifest.losses().validation());
            }
          }
        });
    return (validated.isEmpty() ? trained : validated)
        .entrySet().stream().min(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  /**
   * Reads the checkpoint of a round.
   *
   * @throws DataException if it is missing or damaged
   * @throws IOException if it cannot be read
   */
  public Checkpoint load(int round) throws IOException {
    CheckpointFile file = file(round);
    try {
      Manifest manifest =
          file.manifest()
              .orElseThrow(
                  () ->
                      new DataException(
                          "There is no checkpoint of round %d: %s has no %s."
                              .formatted(round, path(round), CheckpointFile.MANIFEST)));
      return file.read(manifest);
    } catch (DamagedException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  /** The rounds that have a whole manifest, in order. */
  SortedMap<Integer, Manifest> manifests() throws IOException {
    SortedMap<Integer, Manifest> manifests = new TreeMap<>();
    for (int round : directories()) {
      try {
        file(round).manifest().ifPresent(manifest -> manifests.put(round, manifest));
      } catch (DamagedException e) {
        LOG.debug("does not count", e); // latest() warns of it
      }
    }
    return manifests;
  }

  /**
   * Deletes what a process that was killed left in checkpoints: where a rename is a copy, a whole
   * one may have the source of its manifest beside it.
   */
  public void sweep() throws IOException {
    for (int round : directories()) {
      WholeFile.sweep(files, path(round));
    }
  }

  /** The rounds that have a directory, whatever is in it. */
  private SortedSet<Integer> directories() throws IOException {
    SortedSet<Integer> rounds = new TreeSet<>();
    if (files.exists(directory)) {
      for (FileStatus entry : files.listStatus(directory)) {
        Matcher name = ROUND.matcher(entry.getPath().getName());
        if (name.matches()) {
          rounds.add(Integer.parseInt(name.group(1)));
        }
      }
    }
    return rounds;
  }

  /** The directory of the checkpoint of a round. */
  public Path path(int round) {
    return new Path(directory, "round-%06d".formatted(round));
  }

  private CheckpointFile file(int round) {
    return new CheckpointFile(files, path(round));
  }
}
