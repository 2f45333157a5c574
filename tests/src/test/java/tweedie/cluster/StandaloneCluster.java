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
  private static final String HEAP = "512m";
  private static final int SUBMIT_MINUTES = 10;

  /**
   * These processes live for seconds: compiling them well and collecting in parallel only costs.
   */
  public static final String SHORT_LIFE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  /**
   * What the processes of a cluster are like.
   *
   * @param jars of the Spark distribution
   * @param worker options for the JVM of a worker
   * @param environment of a worker and its executors, besides the usual
   */
  public record Layout(List<Path> jars, List<String> worker, Map<String, String> environment) {

    /** Executors that see the jars of the tests. */
    public static Layout ofTests() {
      return new Layout(
          classPath().filter(entry -> entry.endsWith(".jar")).map(Path::of).toList(),
          List.of(),
          Map.of());
    }

    /** A Spark distribution: the jars of {@code directory}, and nothing else. */
    public static Layout ofSpark(Path directory) throws IOException {
      try (Stream<Path> jars = Files.list(directory)) {
        return new Layout(jars.sorted().toList(), List.of(), Map.of());
      }
    }

    /** The same with more options and variables for workers. */
    public Layout with(List<String> options, Map<String, String> variables) {
      return new Layout(jars, options, variables);
    }
  }

  /** What an application left behind. */
  public record Submitted(int status, String output) {}

  private final Path directory;
  private final Layout layout;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path directory, Layout layout, int port) {
    this.directory = directory;
    this.layout = layout;
    this.port = port;
  }

  /**
   * Starts a cluster, which takes some seconds.
   *
   * @param directory an empty one, for Spark's files and the logs of all processes
   * @param workers number of workers
   */
  public static StandaloneCluster start(Path directory, int workers) throws Exception {
    return start(directory, workers, Layout.ofTests());
  }

  /** The same with processes that are not the usual ones. */
  public static StandaloneCluster start(Path directory, int workers, Layout layout)
      throws Exception {
    StandaloneCluster cluster = new StandaloneCluster(directory, layout, freePort());
    try {
      cluster.layOutSpark();
      cluster.launch(
          "master",
          List.of(),
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
            layout.worker(),
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
    settings.put("spark.executor.extraJavaOptions", SHORT_LIFE);
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

  private void layOutSpark() throws IOException {
    Path jars = Files.createDirectories(home().resolve("jars"));
    for (Path jar : layout.jars()) {
      Path link = jars.resolve(jar.getFileName());
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, jar.toAbsolutePath());
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

  private void launch(String name, List<String> options, String... command) throws IOException {
    processes.add(java(name, Stream.concat(options.stream(), Stream.of(command)).toList()).start());
  }

  /**
   * Runs {@code spark-submit} until it ends.
   *
   * @param properties of Spark
   * @param arguments of the application
   */
  public Submitted submit(
      String name, Path jar, String mainClass, Map<String, String> properties, Object... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit"));
    Map<String, String> all = new LinkedHashMap<>();
    all.put("spark.driver.host", LOOPBACK);
    all.put("spark.driver.bindAddress", LOOPBACK);
    all.put("spark.ui.enabled", "false");
    all.put("spark.executor.memory", "512m");
    all.put("spark.executor.extraJavaOptions", SHORT_LIFE);
    all.putAll(properties);
    command.addAll(List.of("--master", master(), "--class", mainClass));
    all.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add(jar.toString());
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Process process = java(name, command).start();
    processes.add(process);
    if (!process.waitFor(SUBMIT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException(name + " did not end");
    }
    return new Submitted(process.exitValue(), Files.readString(log(name)));
  }

  private Path log(String name) {
    return directory.resolve("logs").resolve(name + ".log");
  }

  private ProcessBuilder java(String name, List<String> command) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    line.addAll(List.of(SHORT_LIFE.split(" ")));
    line.addAll(List.of("-Xmx" + HEAP, "-cp", home().resolve("jars") + "/*"));
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("SPARK_HOME", home().toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
    builder.environment().putAll(layout.environment());
    builder.redirectErrorStream(true);
    builder.redirectOutput(log(name).toFile());
    return builder;
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
