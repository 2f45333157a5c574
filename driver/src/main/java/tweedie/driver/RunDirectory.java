package tweedie.driver;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.DataStatistics;
import tweedie.data.WholeFile;
import tweedie.train.Checkpoints;
import tweedie.train.RoundMetrics;

/** The files of one run, on any Hadoop file system. */
final class RunDirectory {

  /** The settings of the run. */
  static final String CONFIG = "config.conf";

  private static final String STATISTICS = "data.json";
  private static final String METRICS = "metrics.jsonl";

  private final Path path;
  private final FileSystem files;

  private RunDirectory(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
  }

  /**
   * The run in the directory {@code path}, which need not exist.
   *
   * @throws DataException if {@code path} cannot be a directory
   */
  static RunDirectory at(Path path, Configuration conf) throws IOException {
    FileSystem files = Uris.fileSystem(path, conf);
    // with Hadoop's .crc files beside local files, a config.conf that somebody edits could not be
    // read again; what has to be whole has its checksum in a manifest
    files.setWriteChecksum(false);
    files.setVerifyChecksum(false);
    if (files.exists(path) && files.getFileStatus(path).isFile()) {
      throw new DataException(path + " is a file; --run names a directory");
    }
    return new RunDirectory(files.makeQualified(path), files);
  }

  Path path() {
    return path;
  }

  FileSystem files() {
    return files;
  }

  Checkpoints checkpoints() {
    return new Checkpoints(files, path);
  }

  /**
   * The settings the run was made with.
   *
   * @throws FileNotFoundException if there is no run
   */
  String config() throws IOException {
    return read(CONFIG);
  }

  void writeConfig(String resolved) throws IOException {
    files.mkdirs(path);
    WholeFile.write(files, new Path(path, CONFIG), resolved);
  }

  void writeStatistics(DataStatistics statistics) throws IOException {
    WholeFile.write(files, new Path(path, STATISTICS), statistics.toJson());
  }

  /**
   * What the data of the run look like.
   *
   * @throws FileNotFoundException if nothing was trained here
   */
  DataStatistics statistics() throws IOException {
    return DataStatistics.fromJson(read(STATISTICS));
  }

  /**
   * The metrics of the first {@code rounds} rounds; later ones are of rounds that were not kept.
   */
  List<RoundMetrics> metrics(int rounds) throws IOException {
    List<RoundMetrics> metrics = new ArrayList<>();
    if (files.exists(new Path(path, METRICS))) {
      read(METRICS)
          .lines()
          .map(RoundMetrics::fromJson)
          .filter(line -> line.round() <= rounds)
          .forEach(metrics::add);
    }
    return metrics;
  }

  void writeMetrics(List<RoundMetrics> metrics) throws IOException {
    StringBuilder lines = new StringBuilder();
    metrics.forEach(line -> lines.append(line.toJson()).append('\n'));
    WholeFile.write(files, new Path(path, METRICS), lines.toString());
  }

  private String read(String name) throws IOException {
    return read(files, new Path(path, name));
  }

  static String read(FileSystem files, Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
