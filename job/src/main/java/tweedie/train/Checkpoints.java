package tweedie.train;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
import tweedie.data.Npy;
import tweedie.data.WholeFile;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainingState.Position;

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
 *     manifest.json    length and SHA-256 of each of these, written last
 * </pre>
 *
 * <p>A checkpoint without a manifest, or with a file that does not agree with it, does not count.
 * No file holds code or serialized objects.
 */
public final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final ObjectMapper JSON = new ObjectMapper();
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

  /**
   * A checkpoint that was read.
   *
   * @param network the architecture
   * @param state the rest
   */
  public record Checkpoint(NetworkSettings network, TrainingState state) {}

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

  /**
   * Writes a checkpoint, then removes all but the newest {@code keep}.
   *
   * @throws IOException if it cannot be written; the older ones then stay
   */
  public void save(NetworkSettings network, TrainingState state, int keep) throws IOException {
    Path checkpoint = path(state.round());
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put("network.json", DenoiserLayer.toJson(network).getBytes(StandardCharsets.UTF_8));
    contents.put("parameters.npy", Npy.encode(state.parameters()));
    contents.put("moments.npy", Npy.encode(state.moments()));
    contents.put("ema.npy", Npy.encode(state.ema()));
    if (state.momentum().length > 0) {
      contents.put(MOMENTUM, Npy.encode(state.momentum()));
    }
    contents.put("clock.json", JSON.writeValueAsBytes(Clock.of(state)));
    Map<String, Entry> manifest = new TreeMap<>();
    files.mkdirs(checkpoint);
    // a rewritten round must not be covered by the manifest of its older files
    files.delete(new Path(checkpoint, MANIFEST), false);
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      WholeFile.write(files, new Path(checkpoint, file.getKey()), file.getValue());
      manifest.put(file.getKey(), new Entry(file.getValue().length, sha256(file.getValue())));
    }
    WholeFile.write(files, new Path(checkpoint, MANIFEST), JSON.writeValueAsString(manifest));
    List<Integer> complete = rounds();
    for (int round : complete.subList(0, Math.max(0, complete.size() - keep))) {
      files.delete(path(round), true);
    }
  }

  /**
   * The newest checkpoint that can be read whole; damaged ones before it are passed over with a
   * warning.
   *
   * @throws IOException if the directory cannot be read
   */
  public Optional<Checkpoint> latest() throws IOException {
    List<Integer> rounds = rounds();
    for (int i = rounds.size() - 1; i >= 0; i--) {
      try {
        return Optional.of(load(rounds.get(i)));
      } catch (DataException e) {
        LOG.warn("{} The one before it is used.", e.getMessage());
      }
    }
    return Optional.empty();
  }

  /**
   * Reads the checkpoint of a round.
   *
   * @throws DataException if it is missing or damaged
   * @throws IOException if it cannot be read
   */
  public Checkpoint load(int round) throws IOException {
    Path checkpoint = path(round);
    if (!files.exists(new Path(checkpoint, MANIFEST))) {
      throw new DataException(
          "There is no checkpoint of round %d: %s has no %s."
              .formatted(round, checkpoint, MANIFEST));
    }
    try {
      Map<String, Entry> manifest =
          JSON.readValue(
              read(new Path(checkpoint, MANIFEST)), new TypeReference<TreeMap<String, Entry>>() {});
      Clock clock = JSON.readValue(checked(checkpoint, "clock.json", manifest), Clock.class);
      return new Checkpoint(
          DenoiserLayer.fromJson(
              new String(checked(checkpoint, "network.json", manifest), StandardCharsets.UTF_8)),
          new TrainingState(
              clock.round(),
              clock.position(),
              clock.images(),
              clock.steps(),
              Npy.decode(checked(checkpoint, "parameters.npy", manifest)),
              Npy.decode(checked(checkpoint, "moments.npy", manifest)),
              Npy.decode(checked(checkpoint, "ema.npy", manifest)),
              manifest.containsKey(MOMENTUM)
                  ? Npy.decode(checked(checkpoint, MOMENTUM, manifest))
                  : new float[0],
              clock.halvings()));
    } catch (com.fasterxml.jackson.core.JsonProcessingException
        | IllegalArgumentException
        | ChecksumException // Hadoop's local file system keeps checksums of its own
        | FileNotFoundException e) {
      throw new DataException(
          "The checkpoint %s is damaged: %s.".formatted(checkpoint, e.getMessage()), e);
    }
  }

  /** The rounds that have a manifest, in order. */
  public List<Integer> rounds() throws IOException {
    List<Integer> rounds = new ArrayList<>();
    if (!files.exists(directory)) {
      return rounds;
    }
    for (FileStatus entry : files.listStatus(directory)) {
      Matcher name = ROUND.matcher(entry.getPath().getName());
      if (name.matches() && files.exists(new Path(entry.getPath(), MANIFEST))) {
        rounds.add(Integer.parseInt(name.group(1)));
      }
    }
    rounds.sort(Comparator.naturalOrder());
    return rounds;
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

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java has SHA-256", e);
    }
  }
}
