package tweedie.driver.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.StringUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.ConfigText;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.train.round.RoundMetrics;

/** The files of one run, on any Hadoop file system. */
public final class RunDirectory {

  /** The settings of the run. */
  public static final String CONFIG = "config.conf";

  private static final String STATISTICS = "data.json";
  private static final String METRICS = "metrics.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

  private final Path path;
  private final FileSystem files;
  private final Checkpoints checkpoints;

  private RunDirectory(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
    this.checkpoints = new Checkpoints(files, path);
  }

  /**
   * The run in the directory {@code path}, which need not exist.
   *
   * @throws DataException if {@code path} cannot be a directory
   */
  public static RunDirectory at(Path path, Configuration conf) throws IOException {
    FileSystem files = ResultFiles.ofDirectory(path, conf, "--run");
    return new RunDirectory(files.makeQualified(path), files);
  }

  public Path path() {
    return path;
  }

  public FileSystem files() {
    return files;
  }

  public Checkpoints checkpoints() {
    return checkpoints;
  }

  /**
   * The checkpoint that is meant.
   *
   * @param purpose what it is for, in words
   * @throws DataException if the run has none, or it is damaged
   */
  public Checkpoint checkpoint(CheckpointChoice choice, String purpose) throws IOException {
    return found(choice)
        .orElseThrow(
            () ->
                new DataException(
                    "The run %s has no checkpoint to %s; train it first."
                        .formatted(path, purpose)));
  }

  /**
   * The newest checkpoint that is whole; empty only where nothing says that there ever was one.
   *
   * @throws DataException if there was one, and none can be read
   */
  public Optional<Checkpoint> latest() throws IOException {
    return found(CheckpointChoice.NEWEST);
  }

  private Optional<Checkpoint> found(CheckpointChoice choice) throws IOException {
    Optional<Checkpoint> found = choice.from(checkpoints);
    if (found.isEmpty()) {
      refuseLost();
    }
    return found.map(it -> it.sound(checkpoints.path(it.state().round())));
  }

  /** Refuses a run without a checkpoint that has trained more than the round it was killed in. */
  private void refuseLost() throws IOException {
    long rounds = hasMetrics() ? read(METRICS).lines().filter(line -> !line.isBlank()).count() : 0;
    if (rounds > (checkpoints.isUnfinished(1) ? 1 : 0)) {
      throw new DataException(
          "The run %s has no checkpoint, and %s says that it has trained %d rounds. Put its checkpoints back from a copy; or delete %s to train from the start, or name another --run."
              .formatted(path, METRICS, rounds, METRICS));
    }
  }

  /**
   * Keeps other processes from training this run.
   *
   * @throws RunInUseException if another one does
   * @throws DataException if the directory cannot be written
   */
  public RunLock lock() {
    return RunLock.of(files, path, RunLock.Times.USUAL);
  }

  /**
   * Writes and deletes a small file, and asks whether there is room for {@code bytes}, so that a
   * round is not trained in vain.
   *
   * @throws DataException if there is not, or the directory cannot be written
   */
  public void probe(long bytes) {
    try {
      WholeFile.probe(files, path);
      long needed = Math.multiplyExact(bytes, files.getDefaultReplication(path));
      long free = files.getStatus(path).getRemaining();
      if (free < needed) {
        throw new IOException(
            "a checkpoint takes %s, and %s are free"
                .formatted(StringUtils.byteDesc(needed), StringUtils.byteDesc(free)));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private DataException unwritable(IOException e) {
    return new DataException(
        "The directory %s cannot be written: %s".formatted(path, e.getMessage()), e);
  }

  /** Deletes what a process that was killed had begun to write aside. */
  public void sweep() throws IOException {
    WholeFile.sweepAbandoned(files, path, "");
    checkpoints.sweep();
  }

  /**
   * The settings the run in the directory {@code path} was made with, read without a Spark session;
   * empty where there are none.
   *
   * @throws DataException if they are there and cannot be read
   */
  public static Optional<ConfigText> readConfig(Path path) {
    Path file = new Path(path, CONFIG);
    try {
      String config = at(path, HadoopOutsideSpark.hadoop()).config();
      return Optional.of(new ConfigText(file.toString(), config));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new DataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The settings the run was made with; from its newest checkpoint where the file is missing.
   *
   * @throws FileNotFoundException if there is no run
   */
  public String config() throws IOException {
    try {
      return read(CONFIG);
    } catch (FileNotFoundException e) {
      return latest()
          .flatMap(Checkpoint::origin)
          .map(Checkpoint.Origin::config)
          .orElseThrow(() -> e);
    }
  }

  /** The settings that a checkpoint of this run was trained with. */
  public ConfigText configOf(Checkpoint checkpoint) throws IOException {
    return checkpoint.origin().isPresent()
        ? new ConfigText(
            checkpoints().path(checkpoint.state().round()) + "/" + CONFIG,
            checkpoint.origin().get().config())
        : new ConfigText(path + "/" + CONFIG, read(CONFIG));
  }

  public void writeConfig(String resolved) throws IOException {
    files.mkdirs(path);
    write(CONFIG, resolved);
  }

  public void writeStatistics(DataStatistics statistics) throws IOException {
    write(STATISTICS, statistics.toJson());
  }

  /** Leaves a file alone that says this already: not every file system replaces it at once. */
  private void write(String name, String text) throws IOException {
    Path file = new Path(path, name);
    if (!files.exists(file) || !read(name).equals(text)) {
      WholeFile.write(files, file, text);
    }
  }

  /**
   * What the data of the run look like.
   *
   * @throws FileNotFoundException if nothing was trained here
   */
  public DataStatistics statistics() throws IOException {
    return DataStatistics.fromJson(read(STATISTICS), new Path(path, STATISTICS));
  }

  /** What these data look like: as the run says, or measured by a Spark job where it does not. */
  public DataStatistics statistics(JavaSparkContext spark, ShardedData data) throws IOException {
    try {
      DataStatistics known = statistics();
      if (known.areOf(data)) {
        return known;
      }
    } catch (FileNotFoundException e) {
      LOG.debug("{} has no {} yet", path, STATISTICS);
    }
    return DataStatistics.of(spark, data);
  }

  /** Writes {@code data.json} where there is none. */
  public void writeMissingStatistics(DataStatistics statistics) throws IOException {
    if (!files.exists(new Path(path, STATISTICS))) {
      writeStatistics(statistics);
    }
  }

  /**
   * The metrics of the first {@code rounds} rounds; later ones are of rounds that were not kept.
   */
  public List<RoundMetrics> metrics(int rounds) throws IOException {
    List<RoundMetrics> metrics = new ArrayList<>();
    if (hasMetrics()) {
      for (String line : read(METRICS).lines().toList()) {
        try {
          RoundMetrics read = RoundMetrics.fromJson(line, new Path(path, METRICS));
          if (read.round() <= rounds) {
            metrics.add(read);
          }
        } catch (DataException e) { // only what people read is lost
          LOG.warn("{}; a line is left out", e.getMessage());
        }
      }
    }
    return metrics;
  }

  /** Whether a round was trained. */
  public boolean hasMetrics() throws IOException {
    return files.exists(new Path(path, METRICS));
  }

  public void writeMetrics(List<RoundMetrics> metrics) throws IOException {
    String lines = metrics.stream().map(line -> line.toJson() + "\n").collect(Collectors.joining());
    WholeFile.write(files, new Path(path, METRICS), lines);
  }

  /** The files that match a pattern below the run, in the order of their names. */
  public List<FileStatus> found(String pattern) throws IOException {
    return ResultFiles.found(files, path, pattern);
  }

  /**
   * A result that a command wrote into the run.
   *
   * @throws DataException if the file holds something else
   */
  public <T> T result(Path file, Class<T> type) throws IOException {
    return Json.SNAKE_LINE.read(WholeFile.read(files, file), type, file);
  }

  /** As {@link #result}, of a file with a result in each line. */
  public <T> List<T> results(Path file, Class<T> type) throws IOException {
    return WholeFile.read(files, file)
        .lines()
        .map(line -> Json.SNAKE_LINE.read(line, type, file))
        .toList();
  }

  private String read(String name) throws IOException {
    return WholeFile.read(files, new Path(path, name));
  }
}
