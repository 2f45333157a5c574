package tweedie.driver.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;
import tweedie.data.DataException;
import tweedie.data.ResultFiles;
import tweedie.data.Version;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.device.Allocator;
import tweedie.device.DeviceException;
import tweedie.device.Gpu;
import tweedie.device.Processor;
import tweedie.device.TaskResources;
import tweedie.driver.run.HostName;
import tweedie.network.EngineTrial;
import tweedie.network.engine.Engines;

/**
 * A task that reports on its slot. Its stage is one with a barrier, whose tasks Spark starts all at
 * once, so that each has a slot of its own, and what two of them have, two workers would have. They
 * do not wait at the barrier: Spark (3.5) has a timer there that keeps the process from ending.
 */
final class SlotProbe extends AbstractFunction1<Iterator<Integer>, Iterator<SlotReport>>
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<Shard> shards;
  private final String mark;
  private final int threads;

  /**
   * Each slot reads one of the shards.
   *
   * @param mark a file of the driver's, or empty
   * @param threads of a task's native operations; 0 for what OMP_NUM_THREADS says
   */
  SlotProbe(List<Shard> shards, String mark, int threads) {
    this.shards = shards;
    this.mark = mark;
    this.threads = threads;
  }

  @Override
  public Iterator<SlotReport> apply(Iterator<Integer> slots) {
    Configuration hadoop = TaskResources.hadoop();
    List<String> refusals = new ArrayList<>();
    TaskContext task = TaskContext.get();
    int slot = task.partitionId();
    String shape = "";
    if (!shards.isEmpty()) {
      shape = shape(shards.get(slot % shards.size()), hadoop, refusals);
    }
    if (!mark.isEmpty()) {
      write(new Path(mark), hadoop, refusals);
    }
    SlotReport report =
        report(
            slot,
            SparkEnv.get().executorId(),
            TaskResources.assigned(task),
            shape,
            threads,
            refusals);
    return scala.collection.JavaConverters.asScalaIterator(List.of(report).iterator());
  }

  /** What the driver says about itself. */
  static SlotReport driver() {
    List<String> refusals = new ArrayList<>();
    return report(SlotReport.DRIVER, "driver", List.of(), "", 0, refusals);
  }

  private static SlotReport report(
      int slot,
      String executor,
      List<String> assigned,
      String shape,
      int threads,
      List<String> refusals) {
    long clock = System.currentTimeMillis();
    Processor cpu = Processor.present();
    boolean isDriver = slot == SlotReport.DRIVER;
    boolean loaded = isDriver ? driverLoads(refusals) : taskLoads(threads, refusals);
    String gpu = assigned.isEmpty() && TaskResources.gpuOfTask().isEmpty() ? "" : gpu(assigned);
    EngineTrial trial =
        loaded && refusals.isEmpty() && !isDriver ? trial(refusals) : EngineTrial.NONE;
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new SlotReport(
        slot,
        executor,
        HostName.ofThisMachine(),
        ProcessHandle.current().pid(),
        System.getProperty("java.version"),
        Version.text(),
        cpu.model(),
        cpu.telling(),
        Runtime.getRuntime().availableProcessors(),
        trial,
        List.copyOf(assigned),
        gpu,
        Runtime.getRuntime().maxMemory(),
        loaded ? Pointer.maxBytes() : 0,
        system.getTotalMemorySize(),
        threads(System.getenv("OMP_NUM_THREADS")),
        List.copyOf(Allocator.missing()),
        shape,
        clock,
        List.copyOf(refusals));
  }

  private static int threads(String variable) {
    return variable != null && variable.matches("[1-9]\\d{0,3}")
        ? Integer.parseInt(variable)
        : Runtime.getRuntime().availableProcessors();
  }

  private static String gpu(List<String> assigned) {
    try {
      return TaskResources.gpuOfTask()
          .or(() -> Gpu.present().stream().filter(gpu -> gpu.isAt(assigned.get(0))).findFirst())
          .map(
              gpu ->
                  "%s %s %s, %s, driver %s"
                      .formatted(
                          gpu.uuid(), gpu.name(), gpu.capability(), gpu.memory(), gpu.driver()))
          .orElse("");
    } catch (DeviceException e) { // the task was refused with that
      return "";
    }
  }

  /** Whether ND4J was loaded, which is only tried where it can be. */
  private static boolean driverLoads(List<String> refusals) {
    return loads(TaskResources::checkDriver, refusals);
  }

  /** The same, with what Spark gave to the task; more threads than cores would only wait. */
  private static boolean taskLoads(int threads, List<String> refusals) {
    int cores = Runtime.getRuntime().availableProcessors();
    return loads(
        () -> {
          Engines.take(Math.min(threads, cores));
          Engines.check();
        },
        refusals);
  }

  private static boolean loads(Runnable taking, List<String> refusals) {
    try {
      taking.run();
      Nd4j.getBackend();
      return true;
    } catch (DeviceException e) {
      refusals.add(e.getMessage());
    } catch (Exception | LinkageError e) {
      refusals.add("ND4J cannot be loaded: " + e);
    }
    return false;
  }

  /** How the engine does that a task of a training would have. */
  private static EngineTrial trial(List<String> refusals) {
    try {
      EngineTrial trial = EngineTrial.run();
      trial.refusal().ifPresent(refusals::add);
      return trial;
    } catch (DeviceException e) {
      refusals.add(e.getMessage());
      return EngineTrial.NONE;
    }
  }

  private static String shape(Shard shard, Configuration hadoop, List<String> refusals) {
    try (ShardReader reader = ShardReader.open(shard, hadoop)) {
      return reader.next().shape().toString();
    } catch (IOException | RuntimeException e) {
      refusals.add(
          e instanceof DataException
              ? e.getMessage()
              : "%s cannot be read: %s".formatted(shard.path(), e.getMessage()));
      return "";
    }
  }

  /** Whether this process sees what the driver wrote, and can write beside it. */
  private static void write(Path mark, Configuration hadoop, List<String> refusals) {
    try {
      FileSystem files = ResultFiles.of(mark, hadoop);
      if (!files.exists(mark)) {
        refusals.add(
            "The run directory %s is not the driver's: a file that the driver wrote there is missing. Name a --run that all machines share, such as hdfs: or s3a:, or mount one directory on all."
                .formatted(mark.getParent()));
        return;
      }
      Path own = new Path(mark.getParent(), ".doctor-" + UUID.randomUUID() + ".tmp");
      try (FSDataOutputStream out = files.create(own, false)) {
        out.write(1);
      } finally {
        files.delete(own, false);
      }
    } catch (IOException | RuntimeException e) {
      refusals.add(
          "The run directory %s cannot be written: %s".formatted(mark.getParent(), e.getMessage()));
    }
  }
}
