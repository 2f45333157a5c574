package tweedie.driver.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.ProcessId;

/**
 * Where Spark, and the native libraries that come in jars, write what they need for a while: a
 * directory of this process, which goes when it ends. What a process that was killed left goes when
 * the next one begins.
 */
public final class Scratch {

  private static final String PREFIX = "tweedie-";
  private static final String PROPERTY = "java.io.tmpdir";

  /** After those of Spark, which write there until they end. */
  private static final int HOOK_PRIORITY = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

  private Scratch() {}

  /** Makes the directory the one for temporary files; to be called before anything uses these. */
  public static void take() {
    Path all = Path.of(System.getProperty(PROPERTY));
    try {
      sweep(all);
      Path own = Files.createDirectories(all.resolve(PREFIX + ProcessId.OWN.inName()));
      System.setProperty(PROPERTY, own.toString());
      ShutdownHookManager.get()
          .addShutdownHook(() -> FileUtil.fullyDelete(own.toFile()), HOOK_PRIORITY);
    } catch (IOException | RuntimeException e) { // then it is where it would be anyway
      LOG.warn("{} is used as it is: {}", all, e.toString());
    }
  }

  static void sweep(Path all) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(all, PREFIX + "*")) {
      for (Path directory : left) {
        String process = directory.getFileName().toString().substring(PREFIX.length());
        if (Files.isDirectory(directory) && ProcessId.isGone(process)) {
          FileUtil.fullyDelete(directory.toFile());
        }
      }
    }
  }
}
