package tweedie.driver.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.WholeFile;

/** The file of a {@link RunLock}, which says who has it. */
record LockFile(FileSystem files, Path path) {

  /** File systems that never give a file to two creators. */
  private static final Set<String> EXCLUSIVE = Set.of("file", "hdfs");

  boolean isExclusive() {
    return EXCLUSIVE.contains(files.getUri().getScheme());
  }

  Path directory() {
    return path.getParent();
  }

  /** Creates the file, unless there is one. */
  boolean created(LockOwner owner) throws IOException {
    try {
      if (files.getUri().getScheme().equals("file")) {
        link(owner);
      } else {
        try (FSDataOutputStream out = files.create(path, false)) {
          out.write(content(owner));
        } catch (FileAlreadyExistsException e) {
          throw e;
        } catch (IOException e) {
          files.delete(path, false); // a torn file would be waited for
          throw e;
        }
      }
      return true;
    } catch (FileAlreadyExistsException | java.nio.file.FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Hadoop 3.3 looks first and creates then, which two processes can do at once. A link is there
   * with all that is in it, or not at all.
   */
  private void link(LockOwner owner) throws IOException {
    Path aside = WholeFile.aside(path);
    java.nio.file.Path written = local(aside);
    try {
      Files.write(written, content(owner), StandardOpenOption.CREATE_NEW);
      try {
        Files.createLink(local(path), written);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        throw e;
      } catch (UnsupportedOperationException | FileSystemException e) { // a disk without links
        Files.write(local(path), content(owner), StandardOpenOption.CREATE_NEW);
      }
    } finally {
      Files.deleteIfExists(written);
    }
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** Replaces the file whole: a disk that is full leaves it as it is. */
  void overwrite(LockOwner owner) throws IOException {
    if (isExclusive()) {
      WholeFile.write(files, path, content(owner));
    } else { // object stores do so anyway, and rename by deleting: others would find no lock
      try (FSDataOutputStream out = files.create(path, true)) {
        out.write(content(owner));
      }
    }
  }

  private static byte[] content(LockOwner owner) {
    return owner.toJson().getBytes(StandardCharsets.UTF_8);
  }

  /** Who is in the file; empty without one, or where it cannot be read. */
  Optional<LockOwner> read() throws IOException {
    try {
      return LockOwner.fromJson(WholeFile.read(files, path));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** When the file was last written, in ms since 1970; 0 where there is none. */
  long written() throws IOException {
    try {
      return files.getFileStatus(path).getModificationTime();
    } catch (FileNotFoundException e) {
      return 0;
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
