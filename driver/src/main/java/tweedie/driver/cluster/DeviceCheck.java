package tweedie.driver.cluster;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import tweedie.device.Cuda;
import tweedie.device.TaskResources;
import tweedie.network.engine.Engines;

/**
 * Takes what Spark gave to a task, and does nothing with it: a processor or GPU that cannot run
 * networks is refused before a command has written anything.
 */
record DeviceCheck() implements VoidFunction<Integer> {

  /**
   * Has one task check its machine; in local mode without a GPU this thread does.
   *
   * @throws org.apache.spark.SparkException if that refuses, with its sentence
   */
  static void run(JavaSparkContext spark) {
    if (TaskResources.isLocal() && !Cuda.isOnClassPath() && !Cuda.isPresent()) {
      Engines.check();
      return;
    }
    spark.setJobGroup(spark.appName(), "checks processor and GPU");
    try {
      spark.parallelize(List.of(1), 1).foreach(new DeviceCheck());
    } finally {
      spark.clearJobGroup();
    }
  }

  @Override
  public void call(Integer task) {
    Engines.take(0);
    Engines.check();
  }
}
