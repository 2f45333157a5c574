package tweedie.driver;

import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.NativeThreads;

/** Lets ND4J take what Spark gave to the task that calls. */
final class TaskResources {

  private TaskResources() {}

  /**
   * The GPU that Spark assigned to this task, where it assigned one, and so many threads.
   *
   * @param threads of native operations; 0 for what OMP_NUM_THREADS says
   */
  static void take(int threads) {
    NativeThreads.use(threads);
    ResourceInformation gpu = TaskContext.get().resourcesJMap().get("gpu");
    if (gpu != null && Nd4j.getAffinityManager().getNumberOfDevices() > 1) {
      Nd4j.getAffinityManager().unsafeSetDevice(Integer.parseInt(gpu.addresses()[0]));
    }
  }
}
