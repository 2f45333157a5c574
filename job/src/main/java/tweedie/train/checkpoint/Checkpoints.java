package tweedie.train.checkpoint;

import tweedie.data.Version;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.WholeFile;
import tweedie.data.array.Npy;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.round.TrainingState;
import tweedie.train.round.TrainingState.Position;

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

  /** What this version writes. It reads format 1, too, which had neither settings nor data. */
  static final int FORMAT = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final Pattern ROUND = Pattern.compile("round-(\\d{6,})");
  private static final String MANIFEST = "manifest.json";
  private static final String MOMENTUM = "momentum.npy";

  private final FileSystem files;
  private final Path directory;

  /** The checkpoints of the run in {@code runDirectory}, on any Hadoop file system. */
  public Checkpoints(FileSystem files, Path runDirectory) {
    this.files = files;
    this.directory = new Path(runDirectory, "checkpoints");
  }

  /** Epoch and step are absent in files from when every round was an epoch. */
  private record Clock(
      int round, Integer epoch, Integer stepOfEpoch, long images, int steps, int halvings) {

    static Clock of(TrainingState state) {
      return new Clock(
          state.round(),
          state.position().epoch(),
          state.position().step(),
          state.images(),
          state.steps(),
          state.halvings());
    }

    Position position() {
      return epoch == null ? new Position(round, 0) : new Position(epoch, stepOfEpoch);
    }
  }

  /** What the manifest says of one file. */
  private record Entry(long bytes, String sha256) {}

  private record Manifest(
      int format, String tweedie, Losses losses, SortedMap<String, Entry> files) {}

  /** A checkpoint that cannot be used. */
  private static class DamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedException(Path checkpoint, Exception cause) {
      super("The checkpoint %s is damaged: %s.".formatted(checkpoint, cause.getMessage()), cause);
    }
  }

  /** A manifest that ends early: renames of this file system are copies, and one was cut off. */
  private static final class TornException extends DamagedException {

    private static final long serialVersionUID = 1L;

    TornException(Path checkpoint, Exception cause) {
      super(checkpoint, cause);
    }
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
    TrainingState state = checkpoint.state();
    Origin origin =
        checkpoint
            .origin()
            .orElseThrow(() -> new IllegalArgumentException("A checkpoint needs its origin"));
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put("network.json", utf8(DenoiserLayer.toJson(checkpoint.network())));
    contents.put("parameters.npy", Npy.encode(state.parameters()));
    contents.put("moments.npy", Npy.encode(state.moments()));
    contents.put("ema.npy", Npy.encode(state.ema()));
    if (state.momentum().length > 0) {
      contents.put(MOMENTUM, Npy.encode(state.momentum()));
    }
    contents.put("clock.json", JSON.writeValueAsBytes(Clock.of(state)));
    contents.put("config.conf", utf8(origin.config()));
    contents.put("data.json", JSON.writeValueAsBytes(origin.data()));
    Path path = path(state.round());
    remove(path); // its older files, and what a process that was killed left beside them
    files.mkdirs(path);
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      WholeFile.write(files, new Path(path, file.getKey()), file.getValue());
      entries.put(file.getKey(), new Entry(file.getValue().length, sha256(file.getValue())));
    }
    WholeFile.write(
        files,
        new Path(path, MANIFEST),
        JSON.writeValueAsString(new Manifest(FORMAT, Version.text(), origin.losses(), entries)));
    removeAllBut(keep);
  }

  private void removeAllBut(int keep) throws IOException {
    SortedMap<Integer, Manifest> manifests = manifests();
    List<Integer> rounds = new ArrayList<>(manifests.keySet());
    Optional<Integer> best = best(manifests);
    for (int round : rounds.subList(0, Math.max(0, rounds.size() - keep))) {
      if (best.isEmpty() || round != best.get()) {
        remove(path(round));
      }
    }
  }

  /** The manifest goes first: without it the rest does not count. */
  private void remove(Path checkpoint) throws IOException {
    files.delete(new Path(checkpoint, MANIFEST), false);
    files.delete(checkpoint, true);
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
        Optional<Manifest> manifest = manifest(path(round));
        if (manifest.isPresent()) {
          return Optional.of(read(path(round), manifest.get()));
        }
      } catch (TornException e) {
        LOG.warn("{} The one before it is used.", e.getMessage());
      } catch (DamagedException e) {
        LOG.warn("{} The one before it is used.", e.getMessage());
        complete = Optional.of(e);
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
    Path checkpoint = path(round);
    try {
      Manifest manifest =
          manifest(checkpoint)
              .orElseThrow(
                  () ->
                      new DataException(
                          "There is no checkpoint of round %d: %s has no %s."
                              .formatted(round, checkpoint, MANIFEST)));
      return read(checkpoint, manifest);
    } catch (DamagedException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  private Checkpoint read(Path checkpoint, Manifest manifest) throws IOException, DamagedException {
    SortedMap<String, Entry> entries = manifest.files();
    try {
      Clock clock = JSON.readValue(checked(checkpoint, "clock.json", entries), Clock.class);
      TrainingState state =
          new TrainingState(
              clock.round(),
              clock.position(),
              clock.images(),
              clock.steps(),
              Npy.decode(checked(checkpoint, "parameters.npy", entries)),
              Npy.decode(checked(checkpoint, "moments.npy", entries)),
              Npy.decode(checked(checkpoint, "ema.npy", entries)),
              entries.containsKey(MOMENTUM)
                  ? Npy.decode(checked(checkpoint, MOMENTUM, entries))
                  : new float[0],
              clock.halvings());
      NetworkSettings network =
          DenoiserLayer.fromJson(text(checked(checkpoint, "network.json", entries)));
      Optional<Origin> origin =
          manifest.format() < FORMAT
              ? Optional.empty()
              : Optional.of(
                  new Origin(
                      text(checked(checkpoint, "config.conf", entries)),
                      JSON.readValue(checked(checkpoint, "data.json", entries), TrainedData.class),
                      manifest.losses()));
      return new Checkpoint(network, state, origin);
    } catch (JsonProcessingException
        | IllegalArgumentException
        | ChecksumException // Hadoop's local file system keeps checksums of its own
        | FileNotFoundException e) {
      throw new DamagedException(checkpoint, e);
    }
  }

  /** The rounds that have a whole manifest, in order. */
  public List<Integer> rounds() throws IOException {
    return List.copyOf(manifests().keySet());
  }

  private SortedMap<Integer, Manifest> manifests() throws IOException {
    SortedMap<Integer, Manifest> manifests = new TreeMap<>();
    for (int round : directories()) {
      try {
        manifest(path(round)).ifPresent(manifest -> manifests.put(round, manifest));
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

  /** The manifest of a checkpoint, if there is one. */
  private Optional<Manifest> manifest(Path checkpoint) throws IOException, DamagedException {
    try {
      JsonNode json = JSON.readTree(read(new Path(checkpoint, MANIFEST)));
      if (!json.isObject()) {
        throw new IllegalArgumentException(MANIFEST + " is empty");
      }
      if (!json.has("format")) {
        SortedMap<String, Entry> entries =
            JSON.convertValue(json, new TypeReference<TreeMap<String, Entry>>() {});
        return Optional.of(new Manifest(1, "", null, entries));
      }
      if (json.get("format").asInt() > FORMAT) {
        throw new DataException(
            "%s was written by Tweedie %s in format %s; this is Tweedie %s, which reads formats up to %d."
                .formatted(
                    checkpoint,
                    json.path("tweedie").asText(),
                    json.get("format"),
                    Version.text(),
                    FORMAT));
      }
      return Optional.of(JSON.treeToValue(json, Manifest.class));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException | ChecksumException e) {
      throw new TornException(checkpoint, e);
    }
  }

  /** The directory of the checkpoint of a round. */
  public Path path(int round) {
    return new Path(directory, "round-%06d".formatted(round));
  }

  private byte[] checked(Path checkpoint, String name, Map<String, Entry> manifest)
      throws IOException {
    Entry expected = manifest.get(name);
    byte[] content = read(new Path(checkpoint, name));
    if (expected == null
        || expected.bytes() != content.length
        || !expected.sha256().equals(sha256(content))) {
      throw new IllegalArgumentException(name + " does not agree with " + MANIFEST);
    }
    return content;
  }

  private byte[] read(Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return in.readAllBytes();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java has SHA-256", e);
    }
  }
}
