package tweedie.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.Causes;

/** The file systems that results are written to: runs, samples, studies, and what is exported. */
public final class ResultFiles {

  private ResultFiles() {}

  /**
   * The file system of {@code path}. A local one does not keep Hadoop's .crc files: with them a
   * config.conf that somebody edits could not be read again, and what has to be whole has its
   * checksum in a manifest.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem of(Path path, Configuration conf) {
    FileSystem files = FileSystems.of(path, conf);
    if (files instanceof LocalFileSystem local) {
      local.setWriteChecksum(false);
      local.setVerifyChecksum(false);
    }
    return files;
  }

  /**
   * What is below a directory, by a pattern: names and {@code *} for any part of a name, divided by
   * slashes. The directory itself may have any name; Hadoop's globs would take it for a pattern.
   *
   * @return in the order of their names; empty where there is none
   */
  public static List<FileStatus> found(FileSystem files, Path directory, String pattern)
      throws IOException {
    String[] parts = pattern.split("/", 2);
    Pattern name =
        Pattern.compile(
            Arrays.stream(parts[0].split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")),
            Pattern.DOTALL);
    List<FileStatus> found = new ArrayList<>();
    FileStatus[] entries;
    try {
      entries = files.listStatus(directory);
    } catch (FileNotFoundException e) { // gone, or never there
      return found;
    }
    for (FileStatus entry : entries) {
      if (!name.matcher(entry.getPath().getName()).matches()) {
        continue;
      }
      if (parts.length == 1) {
        found.add(entry);
      } else if (entry.isDirectory()) {
        found.addAll(found(files, entry.getPath(), parts[1]));
      }
    }
    found.sort(Comparator.comparing(FileStatus::getPath));
    return found;
  }

  /**
   * The file system of a directory that need not exist.
   *
   * @param option of the command line that names it
   * @throws DataException if {@code path} is a file, or cannot be looked at
   */
  public static FileSystem ofDirectory(Path path, Configuration conf, String option) {
    FileSystem files = of(path, conf);
    try {
      if (files.exists(path) && files.getFileStatus(path).isFile()) {
        throw new DataException("%s is a file; %s names a directory".formatted(path, option));
      }
    } catch (IOException e) {
      throw new DataException(
          "%s %s cannot be read: %s".formatted(option, path, Causes.firstLine(e.getMessage())), e);
    }
    return files;
  }
}
