package tweedie.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TaskResourcesTest {

  @Test
  void aTaskTakesTheGpuThatSparkAssigned() {
    assertThat(TaskResources.address(List.of("3"), true, false)).hasValue("3");
    assertThat(TaskResources.address(List.of(), false, false)).isEmpty();
    assertThat(TaskResources.address(List.of(), true, true)).hasValue("0");
  }

  @Test
  void whatDoesNotFitAWorkerIsRefusedWithTheKeyToChange() {
    assertThatThrownBy(() -> TaskResources.address(List.of("0", "1"), true, false))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("Spark assigned the GPUs 0, 1 to one task")
        .hasMessageEndingWith("spark.task.resource.gpu.amount = 1");
    assertThatThrownBy(() -> TaskResources.address(List.of("0"), false, false))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining(
            "networks are computed on the CPU here: build Tweedie with mvn -Ptorch");
    assertThatThrownBy(() -> TaskResources.address(List.of(), true, false))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("Spark assigned no GPU to the task")
        .hasMessageContaining("conf/gpu.conf");
  }
}
