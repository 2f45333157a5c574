package tweedie.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The file systems that results are written to: runs, samples, studies, and what is exported. */
public final class ResultFiles {

  private ResultFiles() {}

  /**
   * The file system of {@code path}.
   *
   * <p>A local one does not keep Hadoop's .crc files: with them a config.conf that somebody edits
   * could not be read again, nothing named {@code 10:30} could be written, and what has to be whole
   * has its checksum in a manifest. It is one of our own: the one that Hadoop keeps for the whole
   * process, and that others in it use, stays as it is.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem of(Path path, Configuration conf) throws IOException {
    FileSystem files = FileSystems.of(path, conf);
    if (!(files instanceof LocalFileSystem)) {
      return files;
    }
    FileSystem local = new RawLocalFileSystem();
    local.initialize(files.getUri(), conf);
    local.setWorkingDirectory(files.getWorkingDirectory());
    return local;
  }

  /**
   * The same for a directory that need not exist.
   *
   * @param option of the command line that names it
   * @throws DataException if {@code path} is a file
   */
  public static FileSystem ofDirectory(Path path, Configuration conf, String option)
      throws IOException {
    FileSystem files = of(path, conf);
    if (files.exists(path) && files.getFileStatus(path).isFile()) {
      throw new DataException("%s is a file; %s names a directory".formatted(path, option));
    }
    return files;
  }
}
