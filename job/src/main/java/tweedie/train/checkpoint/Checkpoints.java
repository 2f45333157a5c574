package tweedie.train.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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
  private static final Pattern ROUND = Pattern.compile("round-(\\d{6,9})");

  private final FileSystem files;
  private final Path directory;

  /** Rounds whose checkpoints this process has written or read whole. */
  private final Set<Integer> whole = new HashSet<>();

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
   * Says that the checkpoint of a round is going to be written: until it is, a process that ends
   * leaves no checkpoint, and not a damaged one.
   */
  public void begin(int round) throws IOException {
    file(round).begin();
  }

  /** Whether the process ended while it wrote the checkpoint of a round. */
  public boolean isUnfinished(int round) throws IOException {
    return file(round).isUnfinished();
  }

  /**
   * Writes a checkpoint, then removes all but the newest {@code keep} that are whole and the best
   * of those that are; whatever was damaged since then does not count.
   *
   * @throws IllegalArgumentException if the checkpoint has no origin
   * @throws IOException if it cannot be written; the older ones then stay
   */
  public void save(Checkpoint checkpoint, int keep) throws IOException {
    int saved = checkpoint.state().round();
    file(saved).write(checkpoint);
    whole.add(saved);
    SortedMap<Integer, Manifest> manifests = manifests();
    int kept = 0;
    List<Integer> older = new ArrayList<>();
    for (int round : newestFirst()) {
      if (kept >= keep) {
        older.add(round);
      } else if (isWhole(round, manifests)) {
        kept++;
      }
    }
    if (older.isEmpty()) {
      return;
    }
    Optional<Integer> best = best(manifests);
    while (best.isPresent() && !isWhole(best.get(), manifests)) {
      manifests.remove(best.get());
      best = best(manifests);
    }
    for (int round : older) {
      if (best.isEmpty() || round != best.get()) {
        file(round).remove();
        whole.remove(round);
      }
    }
  }

  /** Reads all files of a checkpoint once, and looks at their lengths from then on. */
  private boolean isWhole(int round, SortedMap<Integer, Manifest> manifests) throws IOException {
    Manifest manifest = manifests.get(round);
    if (manifest == null || !file(round).isComplete(manifest)) {
      return false;
    }
    if (!whole.contains(round) && file(round).isWhole(manifest)) {
      whole.add(round);
    }
    return whole.contains(round);
  }

  /**
   * The newest checkpoint that can be read whole; damaged ones after it are passed over with a
   * warning. Empty only where none was ever finished.
   *
   * @throws DataException if there are checkpoints and all of them are damaged, or a newer version
   *     of Tweedie wrote the newest
   * @throws IOException if the directory cannot be read
   */
  public Optional<Checkpoint> latest() throws IOException {
    Map<Integer, DamagedException> damaged = new LinkedHashMap<>(); // the newest first
    for (int round : newestFirst()) {
      try {
        Optional<Manifest> manifest = file(round).manifest();
        if (manifest.isPresent()) {
          Checkpoint checkpoint = file(round).read(manifest.get());
          whole.add(round);
          return Optional.of(checkpoint);
        }
      } catch (DamagedException e) {
        LOG.warn("{} The one before it is used.", e.getMessage());
        damaged.put(round, e);
      }
    }
    if (damaged.isEmpty()) {
      return Optional.empty();
    }
    Map.Entry<Integer, DamagedException> newest = damaged.entrySet().iterator().next();
    List<String> arrays = file(newest.getKey()).readableArrays();
    throw new DataException(
        "%s None before it is whole. %s Put back what is missing from a copy; or delete %s and the metrics.jsonl beside it to train from the start, or name another --run."
            .formatted(
                newest.getValue().getMessage(),
                arrays.isEmpty()
                    ? "None of its arrays can be read."
                    : "Of its arrays %s can still be read.".formatted(String.join(", ", arrays)),
                directory),
        newest.getValue());
  }

  /**
   * The checkpoint with the least validation loss, or the least training loss where none was
   * validated. One whose losses cannot be read is passed over with a warning.
   *
   * @throws DataException if it is damaged, or all of them are
   * @throws IOException if it cannot be read
   */
  public Optional<Checkpoint> best() throws IOException {
    SortedMap<Integer, Manifest> manifests =
        manifests(
            e ->
                LOG.warn(
                    "{} Whether it was the best is not known; the best of the others is used.",
                    e.getMessage()));
    Optional<Integer> best = best(manifests);
    return best.isPresent() ? Optional.of(load(best.get())) : latest();
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
                              .formatted(round, path(round), Manifest.FILE)));
      return file.read(manifest);
    } catch (DamagedException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  /** The rounds whose checkpoints are there, in order, none of which is read. */
  public List<Integer> rounds() throws IOException {
    return List.copyOf(manifests().keySet());
  }

  /** The rounds that have a whole manifest, in order. */
  SortedMap<Integer, Manifest> manifests() throws IOException {
    return manifests(e -> LOG.debug("does not count", e)); // latest() and best() warn of it
  }

  private SortedMap<Integer, Manifest> manifests(Consumer<DamagedException> damage)
      throws IOException {
    SortedMap<Integer, Manifest> manifests = new TreeMap<>();
    for (int round : directories()) {
      try {
        file(round).manifest().ifPresent(manifest -> manifests.put(round, manifest));
      } catch (DamagedException e) {
        damage.accept(e);
      }
    }
    return manifests;
  }

  /**
   * Deletes what a process that was killed left: checkpoints that it did not finish and, where a
   * rename is a copy, the source of a file beside it.
   */
  public void sweep() throws IOException {
    for (int round : directories()) {
      CheckpointFile file = file(round);
      WholeFile.sweep(files, path(round));
      if (file.isUnfinished()) {
        file.sweep();
      }
    }
  }

  /** The numbers of all rounds that left something, the newest first. */
  private List<Integer> newestFirst() throws IOException {
    List<Integer> rounds = new ArrayList<>(directories());
    Collections.reverse(rounds);
    return rounds;
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
