package tweedie.cluster;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Spark's standalone cluster on the loopback device: a master, and workers with one core and one
 * executor each, all in processes of their own. The executors see the class path of the tests.
 *
 * <p>A driver needs {@link #settings} besides {@link #master}.
 */
public final class StandaloneCluster implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";

  private final Path directory;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * Starts a cluster, which takes some seconds.
   *
   * @param directory an empty one, for Spark's files and the logs of all processes
   * @param workers number of workers
   */
  public static StandaloneCluster start(Path directory, int workers) throws Exception {
    StandaloneCluster cluster = new StandaloneCluster(directory, freePort());
    try {
      cluster.layOutSpark();
      cluster.launch(
          "master",
          "org.apache.spark.deploy.master.Master",
          "--host",
          LOOPBACK,
          "--port",
          Integer.toString(cluster.port),
          "--webui-port",
          "0");
      cluster.awaitMaster();
      for (int worker = 0; worker < workers; worker++) {
        cluster.launch(
            "worker-" + worker,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            LOOPBACK,
            "--cores",
            "1",
            "--memory",
            "1g",
            "--webui-port",
            "0",
            "--work-dir",
            directory.resolve("work-" + worker).toString(),
            cluster.master());
      }
      return cluster;
    } catch (Exception e) {
      cluster.close();
      throw e;
    }
  }

  /** For {@code --master}. */
  public String master() {
    return "spark://" + LOOPBACK + ":" + port;
  }

  /** What the Spark session of a driver needs so that executors find it and the classes. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.driver.host", LOOPBACK);
    settings.put("spark.driver.bindAddress", LOOPBACK);
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.executor.memory", "512m");
    settings.put("spark.executor.heartbeatInterval", "1s");
    settings.put(
        "spark.executor.extraClassPath",
        classPath()
            .filter(entry -> !entry.endsWith(".jar"))
            .collect(Collectors.joining(File.pathSeparator)));
    return settings;
  }

  /** The process of an executor, while it runs. */
  public Optional<ProcessHandle> executor(String id) {
    return processes.stream()
        .flatMap(Process::descendants)
        .filter(process -> isExecutor(process, id))
        .findFirst();
  }

  private static boolean isExecutor(ProcessHandle process, String id) {
    try {
      String line =
          Files.readString(
                  Path.of("/proc/%d/cmdline".formatted(process.pid())), StandardCharsets.ISO_8859_1)
              .replace('\0', ' ');
      return line.contains("CoarseGrainedExecutorBackend")
          && line.contains("--executor-id " + id + " ");
    } catch (IOException e) { // it has ended
      return false;
    }
  }

  @Override
  public void close() {
    // workers take their executors with them
    for (Process process : processes) {
      process.destroy();
    }
    for (Process process : processes) {
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }

  /** A Spark distribution that consists of the jars of the tests. */
  private void layOutSpark() throws IOException {
    Path jars = Files.createDirectories(home().resolve("jars"));
    for (String jar : classPath().filter(entry -> entry.endsWith(".jar")).toList()) {
      Path link = jars.resolve(Path.of(jar).getFileName());
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of(jar).toAbsolutePath());
      }
    }
    Files.createFile(home().resolve("RELEASE"));
    Files.createDirectories(directory.resolve("logs"));
  }

  private Path home() {
    return directory.resolve("spark");
  }

  private static Stream<String> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  private void launch(String name, String... command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    line.addAll(List.of("-Xmx256m", "-cp", home().resolve("jars") + "/*"));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("SPARK_HOME", home().toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
    builder.redirectErrorStream(true);
    builder.redirectOutput(directory.resolve("logs").resolve(name + ".log").toFile());
    processes.add(builder.start());
  }

  private void awaitMaster() throws Exception {
    Await.until(
        "a master on port " + port + "; see " + directory.resolve("logs/master.log"),
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }
}
