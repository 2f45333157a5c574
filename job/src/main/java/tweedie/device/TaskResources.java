package tweedie.device;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.util.TaskCompletionListener;

/** Lets ND4J take what Spark gave to the task that calls. */
public final class TaskResources {

  /** Spark's setting of how many GPUs a task has. */
  public static final String GPUS_OF_TASK = "spark.task.resource.gpu.amount";

  /** What this thread last took a GPU for. */
  private static final ThreadLocal<Held> HELD = ThreadLocal.withInitial(() -> new Held(-1, null));

  /** The GPU of an attempt of a task. */
  private record Held(long attempt, Gpu gpu) {}

  private TaskResources() {}

  /**
   * The GPU that Spark assigned to this task, which no other worker may have until the task has
   * ended, and so many threads. Before anything else of ND4J in a task.
   *
   * @param threads of native operations; 0 for what OMP_NUM_THREADS says
   * @param engine what is to compute on GPUs
   * @throws DeviceException if the CPU or the GPU cannot run networks, or the GPU is another
   *     worker's
   */
  public static void take(int threads, GpuEngine engine) {
    Processor.chooseBuild();
    Optional.ofNullable(TaskContext.get()).ifPresent(task -> takeGpu(task, engine));
    NativeThreads.use(threads);
  }

  /** CUDA's number of the GPU that this task has taken; empty on the CPU. */
  public static OptionalInt gpu() {
    return gpuOfTask().stream().mapToInt(Cuda::ordinal).findFirst();
  }

  /** The GPU that this task has taken; empty on the CPU. */
  public static Optional<Gpu> gpuOfTask() {
    TaskContext task = TaskContext.get();
    Held held = HELD.get();
    return task != null && held.attempt() == task.taskAttemptId()
        ? Optional.of(held.gpu())
        : Optional.empty();
  }

  /**
   * The same for the driver, which needs no GPU but may have one. Before anything of ND4J in it.
   *
   * @throws DeviceException if ND4J would end the driver's process
   */
  public static void checkDriver() {
    Processor.chooseBuild();
    Cuda.checkDriver();
  }

  /** Hadoop's configuration with what spark.hadoop.* says, as Spark itself makes it in a task. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
  }

  private static void takeGpu(TaskContext task, GpuEngine engine) {
    List<String> assigned = assigned(task);
    Optional<String> address = address(assigned, engine.wants(assigned), isLocal());
    if (address.isPresent() && HELD.get().attempt() != task.taskAttemptId()) {
      Gpu gpu = Cuda.usable(address.get(), engine);
      GpuLease lease = GpuLease.take(gpu);
      task.addTaskCompletionListener((TaskCompletionListener) ended -> lease.close());
      HELD.set(new Held(task.taskAttemptId(), gpu));
      engine.use(gpu);
    }
  }

  /** The addresses of the GPUs that Spark assigned to a task. */
  public static List<String> assigned(TaskContext task) {
    ResourceInformation gpus = task.resourcesJMap().get("gpu");
    return gpus == null ? List.of() : List.of(gpus.addresses());
  }

  /** Whether tasks run in the driver's process, where Spark assigns no GPUs. */
  public static boolean isLocal() {
    return SparkEnv.get().conf().get("spark.master", "").startsWith("local");
  }

  /**
   * The GPU that a task is to use.
   *
   * @param assigned by Spark
   * @param cuda whether this build can use one
   * @param local whether the task runs in the driver's process
   * @return its address; empty for a task on the CPU
   * @throws DeviceException if what was assigned does not fit a worker
   */
  public static Optional<String> address(List<String> assigned, boolean cuda, boolean local) {
    if (assigned.size() > 1) {
      throw new DeviceException(
          "Spark assigned the GPUs %s to one task, and a worker uses one: set spark.task.resource.gpu.amount = 1"
              .formatted(String.join(", ", assigned)));
    }
    if (!cuda && !assigned.isEmpty()) {
      throw new DeviceException(
          "Spark assigned GPU %s to a task, and networks are computed on the CPU here: build Tweedie with mvn -Ptorch and set tweedie.compute.engine to auto or torch, with libtorch for CUDA where executors run, or leave out spark.task.resource.gpu.amount"
              .formatted(assigned.get(0)));
    }
    if (cuda && assigned.isEmpty() && !local) {
      throw new DeviceException(
          "This build of Tweedie has CUDA, and Spark assigned no GPU to the task: set"
              + " spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount = 1"
              + " (conf/gpu.conf), or use the build without -Pcuda");
    }
    return cuda ? Optional.of(assigned.isEmpty() ? "0" : assigned.get(0)) : Optional.empty();
  }
}
