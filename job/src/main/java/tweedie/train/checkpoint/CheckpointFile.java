package tweedie.train.checkpoint;

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
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.MayBeAbsent;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyVector;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.checkpoint.Manifest.Entry;
import tweedie.train.round.TrainingState;
import tweedie.train.round.TrainingState.Position;

/**
 * One checkpoint as files in a directory: its clock, its arrays, and the manifest by which what is
 * damaged is told; see {@link Checkpoints}.
 */
record CheckpointFile(FileSystem files, Path directory) {

  private static final String MOMENTUM = "momentum.npy";

  /** There while the checkpoint is written: without it, one that has no manifest has lost it. */
  private static final String UNFINISHED = ".unfinished";

  /** Epoch and step are absent in files from when every round was an epoch. */
  private record Clock(
      int round,
      @MayBeAbsent Integer epoch,
      @MayBeAbsent Integer stepOfEpoch,
      long images,
      int steps,
      @MayBeAbsent int halvings) {

    static Clock of(TrainingState state) {
      return new Clock(
          state.round(),
          state.position().epoch(),
          state.position().step(),
          state.images(),
          state.steps(),
          state.halvings());
    }

    Clock {
      if (round < 0 || images < 0 || steps < 0 || (epoch == null) != (stepOfEpoch == null)) {
        throw new IllegalArgumentException("a round, images or steps are none");
      }
    }

    Position position() {
      return epoch == null ? new Position(round, 0) : new Position(epoch, stepOfEpoch);
    }
  }

  /** A checkpoint that cannot be used. */
  static final class DamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedException(Path checkpoint, Exception cause) {
      super("The checkpoint %s is damaged: %s.".formatted(checkpoint, cause.getMessage()), cause);
    }
  }

  /** Takes the place of what was there, for a checkpoint that is to be written. */
  void begin() throws IOException {
    remove(); // its older files, and what a process that was killed left beside them
    files.mkdirs(directory);
    files.create(new Path(directory, UNFINISHED), true).close();
  }

  /** Deletes a checkpoint that was not finished, or what says that it was not. */
  void sweep() throws IOException {
    boolean finished;
    try {
      finished = manifest().isPresent();
    } catch (DamagedException e) {
      throw new IllegalStateException("What is not finished is not damaged", e);
    }
    if (finished) {
      files.delete(new Path(directory, UNFINISHED), false);
    } else {
      remove();
    }
  }

  /** Whether the process ended before the checkpoint was written. */
  boolean isUnfinished() throws IOException {
    return files.exists(new Path(directory, UNFINISHED));
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
    contents.put("clock.json", utf8(Json.SNAKE_LINE.text(Clock.of(state))));
    contents.put("config.conf", utf8(origin.config()));
    contents.put("data.json", utf8(Json.SNAKE_LINE.text(origin.data())));
    if (!isUnfinished()) { // between its removal and the next one, nothing would tell of a kill
      begin();
    }
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      WholeFile.write(files, new Path(directory, file.getKey()), file.getValue());
      entries.put(file.getKey(), new Entry(file.getValue().length, sha256(file.getValue())));
    }
    WholeFile.write(
        files, new Path(directory, Manifest.FILE), new Manifest(origin.losses(), entries).toJson());
    files.delete(new Path(directory, UNFINISHED), false);
  }

  /** The manifest goes first: without it the rest does not count. */
  void remove() throws IOException {
    files.delete(new Path(directory, Manifest.FILE), false);
    files.delete(directory, true);
  }

  /**
   * The manifest; empty where there is no checkpoint, or the process ended before it was written.
   *
   * @throws DamagedException if it is not whole, or lost
   * @throws DataException if a newer version of Tweedie wrote it
   */
  Optional<Manifest> manifest() throws IOException, DamagedException {
    try {
      return Optional.of(Manifest.read(text(bytes(Manifest.FILE)), directory));
    } catch (Manifest.NewerException e) {
      throw new DataException(e.getMessage(), e);
    } catch (FileNotFoundException e) {
      if (isUnfinished() || !files.exists(directory)) {
        return Optional.empty();
      }
      throw new DamagedException(
          directory, new FileNotFoundException("it has no " + Manifest.FILE));
    } catch (ChecksumException | DataException e) {
      if (isUnfinished()) { // renames of this file system are copies, and one was cut off
        return Optional.empty();
      }
      throw new DamagedException(directory, e);
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
      Clock clock =
          Json.SNAKE_EXACT.read(text(checked("clock.json", entries)), Clock.class, "clock.json");
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
          manifest.format() < Manifest.FORMAT
              ? Optional.empty()
              : Optional.of(
                  new Origin(
                      text(checked("config.conf", entries)),
                      Json.SNAKE_EXACT.read(
                          text(checked("data.json", entries)), TrainedData.class, "data.json"),
                      manifest.losses()));
      return new Checkpoint(network, state, origin);
    } catch (DataException
        | IllegalArgumentException
        | ChecksumException // Hadoop's local file system keeps checksums of its own
        | FileNotFoundException e) {
      throw new DamagedException(directory, e);
    }
  }

  /** Whether every file is there as the manifest says; reads them all. */
  boolean isWhole(Manifest manifest) throws IOException {
    try {
      for (String name : manifest.files().keySet()) {
        checked(name, manifest.files());
      }
      return true;
    } catch (IllegalArgumentException | ChecksumException | FileNotFoundException e) {
      return false;
    }
  }

  /** Whether every file is there, of the length that the manifest says. */
  boolean isComplete(Manifest manifest) throws IOException {
    for (Map.Entry<String, Entry> file : manifest.files().entrySet()) {
      Path path = new Path(directory, file.getKey());
      if (!files.exists(path) || files.getFileStatus(path).getLen() != file.getValue().bytes()) {
        return false;
      }
    }
    return true;
  }

  /** The arrays that can be read, whatever else is damaged. */
  List<String> readableArrays() throws IOException {
    List<String> readable = new ArrayList<>();
    for (FileStatus file : files.listStatus(directory)) {
      String name = file.getPath().getName();
      try {
        if (name.endsWith(".npy") && NpyVector.decode(bytes(name)).length > 0) {
          readable.add(name);
        }
      } catch (IllegalArgumentException | ChecksumException e) {
        // it cannot be
      }
    }
    Collections.sort(readable);
    return readable;
  }

  private byte[] checked(String name, Map<String, Entry> manifest) throws IOException {
    Entry expected = manifest.get(name);
    byte[] content = bytes(name);
    if (expected == null
        || expected.bytes() != content.length
        || !expected.sha256().equals(sha256(content))) {
      throw new IllegalArgumentException(name + " does not agree with " + Manifest.FILE);
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
