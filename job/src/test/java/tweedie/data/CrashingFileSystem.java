package tweedie.data;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.TaskContext;

/**
 * The local file system under the scheme {@code crashing:}, which can fail at a chosen change: at
 * the creation of a file, in the middle of what is written to it, at a rename or a deletion. Its
 * renames are those of a POSIX file system, or those of an object store. It can also fail when a
 * Spark task opens a file.
 */
public final class CrashingFileSystem extends LocalDisk.Raw {

  private static final URI ROOT = URI.create("crashing:///");

  /** Shared by all instances: FileSystem and FileContext make their own. */
  private static int changesLeft = Integer.MAX_VALUE;

  private static boolean staysDown;
  private static boolean failed;
  private static Renames renames = Renames.AT_ONCE;
  private static final AtomicInteger TASK_READS_LEFT = new AtomicInteger(Integer.MAX_VALUE);

  /** How a file gets another name. */
  public enum Renames {
    /** In one change, in place of what was there. */
    AT_ONCE,
    /** What was there is deleted, then the file is copied, then its old name is deleted. */
    BY_COPY
  }

  /** The same configuration as settings of a Spark session. */
  public static Map<String, String> sparkSettings() {
    return Map.of(
        "spark.hadoop.fs.crashing.impl", CrashingFileSystem.class.getName(),
        "spark.hadoop.fs.AbstractFileSystem.crashing.impl", Context.class.getName(),
        "spark.hadoop.fs.crashing.impl.disable.cache", "true");
  }

  /** How files are renamed until everything is repaired. */
  public static void renames(Renames how) {
    renames = how;
  }

  /** Whether a failure has happened since it was asked for. */
  public static boolean hasFailed() {
    return failed;
  }

  /** The file that a Spark task opens after this many others cannot be opened; later ones can. */
  public static void failTaskReadAfter(int reads) {
    failed = false;
    TASK_READS_LEFT.set(reads);
  }

  /** A configuration that knows the scheme. */
  public static Configuration configuration() {
    Configuration conf = new Configuration();
    conf.setClass("fs.crashing.impl", CrashingFileSystem.class, FileSystem.class);
    conf.setClass("fs.AbstractFileSystem.crashing.impl", Context.class, Object.class);
    conf.setBoolean("fs.crashing.impl.disable.cache", true);
    return conf;
  }

  /** A local directory under this scheme. */
  public static Path path(java.nio.file.Path local) {
    return new Path("crashing://" + local.toAbsolutePath());
  }

  /** After this many changes none is possible any more, as if the process had been killed. */
  public static void crashAfter(int changes) {
    changesLeft = changes;
    staysDown = true;
    failed = false;
  }

  /** The change after this many fails; later ones work again. */
  public static void failOnceAfter(int changes) {
    changesLeft = changes;
    staysDown = false;
    failed = false;
  }

  /** Everything works again. */
  public static void repair() {
    changesLeft = Integer.MAX_VALUE;
    renames = Renames.AT_ONCE;
    TASK_READS_LEFT.set(Integer.MAX_VALUE);
  }

  private static synchronized void change() throws IOException {
    if (changesLeft == 0) {
      failed = true;
      if (!staysDown) {
        changesLeft = Integer.MAX_VALUE;
      }
      throw new IOException("the disk is gone");
    }
    changesLeft--;
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "crashing";
  }

  @Override
  public FSDataInputStream open(Path file, int buffer) throws IOException {
    if (TaskContext.get() != null && TASK_READS_LEFT.getAndDecrement() == 0) {
      failed = true;
      throw new IOException("the disk does not answer");
    }
    return super.open(file, buffer);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    change();
    return torn(super.create(file, overwrite, buffer, replication, block, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    change();
    return torn(super.create(file, permission, overwrite, buffer, replication, block, progress));
  }

  private static FSDataOutputStream torn(FSDataOutputStream whole) throws IOException {
    return new FSDataOutputStream(new TornStream(whole), null);
  }

  /** Writes half and then fails. */
  private static final class TornStream extends FilterOutputStream {

    TornStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length / 2);
      change();
      out.write(bytes, from + length / 2, length - length / 2);
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change();
    return super.delete(path, recursive);
  }

  /** The same for FileContext, with the rename of a POSIX file system. */
  public static final class Context extends DelegateToFileSystem {

    /** Called by Hadoop. */
    public Context(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(ROOT, new CrashingFileSystem(), conf, "crashing", false);
    }

    @Override
    public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
      java.nio.file.Path source = java.nio.file.Path.of(from.toUri().getPath());
      java.nio.file.Path target = java.nio.file.Path.of(to.toUri().getPath());
      change();
      if (renames == Renames.AT_ONCE) {
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
      Files.deleteIfExists(target);
      change();
      byte[] content = Files.readAllBytes(source);
      Files.write(target, Arrays.copyOf(content, content.length / 2));
      change();
      Files.write(target, content);
      change();
      Files.delete(source);
    }
  }
}
