package tweedie.driver.cluster;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.device.Allocator;
import tweedie.device.TaskResources;
import tweedie.network.engine.ComputeSettings;

/**
 * Opens the Spark session of one command. Whatever spark-submit has set wins.
 *
 * @param master where it runs when spark-submit has not said it
 * @param application name of the application when spark-submit has not named it
 */
public record SparkSessions(String master, String application) {

  private static final String HOST = "(\\[[0-9A-Fa-f:.]+]|[^\\s,:/\\[\\]]+):\\d{1,5}";

  /** Of the kinds that are known here; more threads than four digits are nobody's. */
  private static final Pattern MASTER =
      Pattern.compile(
          "local(\\[(\\*|[1-9]\\d{0,3})(, *[1-9]\\d{0,3})?])?|local-cluster\\[.+]|spark://"
              + HOST
              + "(,"
              + HOST
              + ")*|k8s://\\S+");

  /**
   * A new session, or the one that is open in this process. Closing it is the caller's.
   *
   * @throws ClusterException if no cluster answers, or none of its executors comes
   */
  public SparkSession open() {
    return open(ComputeSettings.DEFAULT);
  }

  /** As {@link #open()}, for tasks that compute networks so. */
  public SparkSession open(ComputeSettings compute) {
    SparkConf conf = conf();
    compute.asSpark().forEach(conf::set);
    checkMaster(conf.get("spark.master"));
    checkGpus(conf);
    if (ExecutorPods.areUsed(conf)) {
      ExecutorPods.check(conf);
    }
    TaskResources.checkDriver();
    try (LoggedComplaint warning = LoggedComplaint.of("org.apache.spark")) {
      SparkSession session = start(conf, warning);
      // spark-submit logs in the cluster's way: Spark at INFO there drowns what a run says
      Configurator.setLevel("tweedie", Level.INFO);
      if (!isLocal(conf)) {
        try {
          ExecutorWait.await(JavaSparkContext.fromSparkContext(session.sparkContext()), warning);
        } catch (RuntimeException e) {
          session.close();
          throw e;
        }
      }
      return session;
    }
  }

  /**
   * The same for a command whose tasks run networks; one of them has found that it can.
   *
   * @throws ClusterException if no cluster answers, or none of its executors comes
   * @throws tweedie.device.DeviceException if a processor or a GPU cannot run networks
   */
  public SparkSession openForNetworks(ComputeSettings compute) {
    SparkSession session = open(compute);
    try {
      DeviceCheck.run(JavaSparkContext.fromSparkContext(session.sparkContext()));
      return session;
    } catch (Exception e) { // a failed job throws one that it does not declare
      session.close();
      throw e;
    }
  }

  SparkConf conf() {
    SparkConf conf =
        new SparkConf()
            .setIfMissing("spark.master", master)
            .setIfMissing("spark.app.name", application)
            .setIfMissing("spark.log.level", "WARN")
            // a task waits this long for a core near its images; the default of 3 s can be a round
            .setIfMissing("spark.locality.wait", "500ms")
            // what is kept comes in arrays of this size; with their header those of 1 MiB take two
            // regions of a heap of 2 GiB, and half of it is empty and full
            .setIfMissing("spark.storage.unrollMemoryThreshold", Integer.toString((1 << 20) - 16))
            // Kryo cannot write records
            .set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    if (isLocal(conf)) {
      conf.setIfMissing("spark.ui.enabled", "false");
      // progress arrives with heartbeats; 10 s, the default, is slow to watch
      conf.setIfMissing("spark.executor.heartbeatInterval", "5s");
      // on a busy machine this process may miss its own heartbeats, which says nothing here
      conf.setIfMissing("spark.executor.heartbeat.maxFailures", "1000000");
      // a task without memory fails the command, and does not end the process with Spark's 52
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    } else {
      equipExecutors(conf);
    }
    return conf;
  }

  private static boolean isLocal(SparkConf conf) {
    return conf.get("spark.master").startsWith("local");
  }

  /** What bin/tweedie sets for its own process. */
  private static void equipExecutors(SparkConf conf) {
    Allocator.environment()
        .forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    conf.setIfMissing("spark.executorEnv.LC_ALL", "C.UTF-8"); // of file names
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
    if (conf.contains(TaskResources.GPUS_OF_TASK)) {
      // CUDA numbers the fastest first; Spark's addresses are nvidia-smi's
      conf.setIfMissing("spark.executorEnv.CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    }
    if (ExecutorPods.areUsed(conf)) {
      // Spark ends the driver, with status 11, when twice as many pods have ended as it asks for:
      // soon where none can start, before anybody can say why, and in time where nodes come and go
      conf.setIfMissing(
          "spark.executor.maxNumFailures",
          Integer.toString(100 * conf.getInt("spark.executor.instances", 2)));
    }
    String lib = System.getProperty("tweedie.lib");
    if (lib != null && !conf.contains("spark.jars")) {
      conf.set("spark.jars", jars(new File(lib)));
    }
  }

  /** The jars of bin/tweedie that a cluster does not have. */
  private static String jars(File lib) {
    try {
      Path driver =
          Path.of(SparkSessions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Stream.concat(
              Stream.of(driver), Arrays.stream(lib.listFiles()).map(File::toPath).sorted())
          .map(Path::toAbsolutePath)
          .distinct()
          .map(Path::toString)
          .collect(Collectors.joining(","));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The place of this program's jar is no path", e);
    }
  }

  /** Spark says of some of these what is wrong, of others with a stack trace. */
  static void checkMaster(String master) {
    for (String kind : List.of("local", "spark:", "k8s:")) {
      if (master.startsWith(kind) && !MASTER.matcher(master).matches()) {
        throw unknown(master, null);
      }
    }
  }

  private static DataException unknown(String master, Exception cause) {
    return new DataException(
        "--master %s is no URL that this Spark knows: give local[*], spark://HOST:PORT or k8s://https://HOST:PORT; for yarn run the spark-submit of a Spark distribution"
            .formatted(master),
        cause);
  }

  /** Two tasks on one GPU would train two workers on it. */
  private static void checkGpus(SparkConf conf) {
    String amount = conf.get(TaskResources.GPUS_OF_TASK, "1");
    if (!amount.trim().matches("1(\\.0*)?")) {
      throw new DataException(
          "%s = %s must be 1: a worker has a GPU of its own, and uses one"
              .formatted(TaskResources.GPUS_OF_TASK, amount));
    }
  }

  private static SparkSession start(SparkConf conf, LoggedComplaint warning) {
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // Scala throws checked ones that it does not declare
      String master = conf.get("spark.master");
      String why = String.valueOf(e.getMessage());
      if (why.contains("Could not parse Master URL")) {
        throw unknown(master, e);
      }
      if (ExecutorPods.areUsed(conf)) {
        ExecutorPods.explained(e, conf)
            .ifPresent(
                explained -> {
                  throw explained;
                });
      }
      // a standalone master that does not answer stops the context while it is still being made
      if (!isLocal(conf)
          && (e instanceof IllegalStateException || e instanceof NullPointerException)) {
        throw ClusterException.unreachable(conf, warning, e);
      }
      throw e;
    }
  }
}
