package tweedie.network.engine;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import tweedie.device.Cuda;
import tweedie.device.DeviceException;
import tweedie.device.TaskResources;

/**
 * Has one task try a batch on its GPU, before a command has written anything. On CPUs nothing is
 * tried: there a process that takes too much is ended, and not told.
 *
 * @param setting the setting that says how many images are in a batch
 * @param images how many
 * @param attempt what will be computed on them
 */
public record BatchCheck(String setting, int images, MemoryTrial.Attempt attempt)
    implements Function<Integer, String> {

  /**
   * Tries it.
   *
   * @throws DeviceException if the GPU has too little memory, with how many images fit
   */
  public void run(JavaSparkContext spark) {
    boolean hasGpus =
        spark.getConf().contains(TaskResources.GPUS_OF_TASK)
            || TaskResources.isLocal() && Cuda.isPresent();
    if (!hasGpus) {
      return;
    }
    spark.setJobGroup(spark.appName(), "tries a batch on a GPU");
    try {
      String refusal = spark.parallelize(List.of(1), 1).map(this).first();
      if (!refusal.isEmpty()) {
        throw new DeviceException(refusal);
      }
    } finally {
      spark.clearJobGroup();
    }
  }

  @Override
  public String call(Integer task) {
    Engines.take(0);
    return Engines.memoryRefusal(setting, images, attempt).orElse("");
  }
}
