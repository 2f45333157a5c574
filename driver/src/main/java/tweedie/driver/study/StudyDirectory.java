package tweedie.driver.study;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.SettingsChange;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.RunLock;

/**
 * The files of one study, on any Hadoop file system: {@code study.conf}, a file for each training
 * in {@code results}, and the tables.
 */
public final class StudyDirectory {

  private static final String CONFIG = "study.conf";
  private static final String RESULTS = "results";

  private final Path path;
  private final FileSystem files;

  private StudyDirectory(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
  }

  /** The study in a directory, which need not exist; one of something else is refused. */
  static StudyDirectory at(Path path, Configuration conf) throws IOException {
    FileSystem files = ResultFiles.ofDirectory(path, conf, "--out");
    Path whole = files.makeQualified(path);
    if (files.exists(whole) && !files.exists(new Path(whole, CONFIG))) {
      for (FileStatus entry : files.listStatus(whole)) {
        String name = entry.getPath().getName();
        if (!name.equals(RunLock.FILE) && !name.startsWith(".")) {
          throw new DataException(
              "%s holds %s and no study; --out names a new directory, or that of a study to go on with"
                  .formatted(path, name));
        }
      }
    }
    return new StudyDirectory(whole, files);
  }

  /**
   * The settings of the study in a directory, read without a Spark session; empty where there is
   * none.
   *
   * @throws DataException if they are there and cannot be read
   */
  public static Optional<ConfigText> config(Path path, Configuration conf) {
    Path file = new Path(path, CONFIG);
    try {
      return Optional.of(
          new ConfigText(file.toString(), WholeFile.read(ResultFiles.of(path, conf), file)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new DataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  Path path() {
    return path;
  }

  /** Keeps other processes out, unless one works here already. */
  RunLock lock() {
    return RunLock.of(files, path, RunLock.Times.USUAL);
  }

  /**
   * Refuses the settings of another study than the one whose results are here.
   *
   * @throws ConfigException with every setting that would have to be as it was
   */
  void check(LoadedSettings now) {
    Optional<ConfigText> before = config(path, files.getConf());
    if (before.isEmpty()) {
      return;
    }
    List<SettingProblem> problems = new ArrayList<>();
    for (SettingsChange change :
        SettingsChange.between(SettingsLoader.load(Optional.empty(), List.of(), before), now)) {
      if (change.studyRule() != SettingsChange.Rule.FREE) {
        problems.add(
            now.problem(
                change.key(),
                "was %s for the results in %s; with another value it is another study: name another --out"
                    .formatted(change.before(), path)));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  void writeConfig(LoadedSettings config) throws IOException {
    files.mkdirs(new Path(path, RESULTS));
    WholeFile.sweepAbandoned(files, new Path(path, RESULTS), "");
    WholeFile.write(files, new Path(path, CONFIG), config.resolved());
  }

  /** Where the result of a training is. */
  static Path result(Path directory, StudyTraining training) {
    return new Path(new Path(directory, RESULTS), training.name() + ".json");
  }

  boolean has(StudyTraining training) throws IOException {
    return files.exists(result(path, training));
  }

  /** Whether a training on the data of this name was done. */
  boolean hasResultsOf(String data) throws IOException {
    return !ResultFiles.found(files, path, RESULTS + "/" + data + ".*.json").isEmpty();
  }

  StudyResult read(StudyTraining training) throws IOException {
    Path file = result(path, training);
    return StudyResult.fromJson(WholeFile.read(files, file), file.toString());
  }

  void write(String name, String text) throws IOException {
    WholeFile.write(files, new Path(path, name), text);
  }
}
