package tweedie.train.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.Version;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyVector;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.round.TrainingState;
import tweedie.train.round.TrainingState.Position;

/**
 * One checkpoint as files in a directory: its clock, its arrays, and the manifest by which what is
 * damaged is told; see {@link Checkpoints}.
 */
record CheckpointFile(FileSystem files, Path directory) {

  /** What this version writes. It reads format 1, too, which had neither settings nor data. */
  static final int FORMAT = 2;

  static final String MANIFEST = "manifest.json";

  private static final String MOMENTUM = "momentum.npy";

  /** What another version adds to the state of training must not be passed over. */
  private static final ObjectMapper JSON =
      Json.SNAKE_LINE.mapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

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
  record Entry(long bytes, String sha256) {}

  /** What the checkpoint consists of. */
  record Manifest(
      int format, String tweedie, CheckpointLosses losses, SortedMap<String, Entry> files) {}

  /** A checkpoint that cannot be used. */
  static class DamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedException(Path checkpoint, Exception cause) {
      super("The checkpoint %s is damaged: %s.".formatted(checkpoint, cause.getMessage()), cause);
    }
  }

  /** A manifest that ends early: renames of this file system are copies, and one was cut off. */
  static final class TornException extends DamagedException {

    private static final long serialVersionUID = 1L;

    TornException(Path checkpoint, Exception cause) {
      super(checkpoint, cause);
    }
  }

  /**
   * Writes the checkpoint in place of what was there.
   *
   * @throws IllegalArgumentException if it has no origin
   */
  void write(Checkpoint checkpoint) throws IOException {
    TrainingState state = checkpoint.state();
    Origin origin =
        checkpoint
            .origin()
            .orElseThrow(() -> new IllegalArgumentException("A checkpoint needs its origin"));
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put("network.json", utf8(DenoiserLayer.toJson(checkpoint.network())));
    contents.put("parameters.npy", NpyVector.encode(state.parameters()));
    contents.put("moments.npy", NpyVector.encode(state.moments()));
    contents.put("ema.npy", NpyVector.encode(state.ema()));
    if (state.momentum().length > 0) {
      contents.put(MOMENTUM, NpyVector.encode(state.momentum()));
    }
    contents.put("clock.json", JSON.writeValueAsBytes(Clock.of(state)));
    contents.put("config.conf", utf8(origin.config()));
    contents.put("data.json", JSON.writeValueAsBytes(origin.data()));
    remove(); // its older files, and what a process that was killed left beside them
    files.mkdirs(directory);
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      WholeFile.write(files, new Path(directory, file.getKey()), file.getValue());
      entries.put(file.getKey(), new Entry(file.getValue().length, sha256(file.getValue())));
    }
    WholeFile.write(
        files,
        new Path(directory, MANIFEST),
        JSON.writeValueAsString(new Manifest(FORMAT, Version.text(), origin.losses(), entries)));
  }

  /** The manifest goes first: without it the rest does not count. */
  void remove() throws IOException {
    files.delete(new Path(directory, MANIFEST), false);
    files.delete(directory, true);
  }

  /**
   * The manifest, if there is one.
   *
   * @throws TornException if it is not whole
   * @throws DataException if a newer version of Tweedie wrote it
   */
  Optional<Manifest> manifest() throws IOException, DamagedException {
    try {
      JsonNode json = JSON.readTree(bytes(MANIFEST));
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
                    directory,
                    json.path("tweedie").asText(),
                    json.get("format"),
                    Version.text(),
                    FORMAT));
      }
      return Optional.of(JSON.treeToValue(json, Manifest.class));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException | ChecksumException e) {
      throw new TornException(directory, e);
    }
  }

  /**
   * The checkpoint of this manifest.
   *
   * @throws DamagedException if a file is missing, or is not the one that the manifest means
   */
  Checkpoint read(Manifest manifest) throws IOException, DamagedException {
    SortedMap<String, Entry> entries = manifest.files();
    try {
      Clock clock = JSON.readValue(checked("clock.json", entries), Clock.class);
      TrainingState state =
          new TrainingState(
              clock.round(),
              clock.position(),
              clock.images(),
              clock.steps(),
              NpyVector.decode(checked("parameters.npy", entries)),
              NpyVector.decode(checked("moments.npy", entries)),
              NpyVector.decode(checked("ema.npy", entries)),
              entries.containsKey(MOMENTUM)
                  ? NpyVector.decode(checked(MOMENTUM, entries))
                  : new float[0],
              clock.halvings());
      NetworkSettings network = DenoiserLayer.fromJson(text(checked("network.json", entries)));
      Optional<Origin> origin =
          manifest.format() < FORMAT
              ? Optional.empty()
              : Optional.of(
                  new Origin(
                      text(checked("config.conf", entries)),
                      JSON.readValue(checked("data.json", entries), TrainedData.class),
                      manifest.losses()));
      return new Checkpoint(network, state, origin);
    } catch (JsonProcessingException
        | IllegalArgumentException
        | ChecksumException // Hadoop's local file system keeps checksums of its own
        | FileNotFoundException e) {
      throw new DamagedException(directory, e);
    }
  }

  private byte[] checked(String name, Map<String, Entry> manifest) throws IOException {
    Entry expected = manifest.get(name);
    byte[] content = bytes(name);
    if (expected == null
        || expected.bytes() != content.length
        || !expected.sha256().equals(sha256(content))) {
      throw new IllegalArgumentException(name + " does not agree with " + MANIFEST);
    }
    return content;
  }

  private byte[] bytes(String name) throws IOException {
    try (FSDataInputStream in = files.open(new Path(directory, name))) {
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
