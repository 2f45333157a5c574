package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import tweedie.LocalSpark;
import tweedie.device.Cuda;
import tweedie.device.TaskResources;
import tweedie.network.engine.MemoryTrial.Attempt;

/** Where a task has no GPU; what is said of one that is too small is in MemoryTrialTest. */
class BatchCheckTest {

  private static final Attempt NEVER =
      images -> {
        throw new IllegalStateException("tried with %d images".formatted(images));
      };

  @Test
  void withoutGpusNothingIsTriedAndNoTaskRuns() {
    Object unserializable = new Object();
    assertThatCode(
            () -> new BatchCheck("a setting", 8, images -> unserializable.hashCode()).run(spark()))
        .doesNotThrowAnyException();
  }

  @Test
  void aTaskWithoutGpuTriesNothing() {
    JavaSparkContext spark = spark();
    SparkConf conf = SparkEnv.get().conf();
    conf.set(TaskResources.GPUS_OF_TASK, "1");
    try {
      assertThatCode(() -> new BatchCheck("a setting", 8, NEVER).run(spark))
          .doesNotThrowAnyException();
      Object unserializable = new Object();
      assertThatThrownBy(
              () -> new BatchCheck("a setting", 8, images -> unserializable.hashCode()).run(spark))
          .hasMessageContaining("not serializable");
    } finally {
      conf.remove(TaskResources.GPUS_OF_TASK);
    }
  }

  private static JavaSparkContext spark() {
    assumeFalse(Cuda.isPresent(), "this machine has a GPU");
    return LocalSpark.of("local[2]").context();
  }
}
