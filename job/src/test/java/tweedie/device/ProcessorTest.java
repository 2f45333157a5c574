package tweedie.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProcessorTest {

  private static final Processor NEW = new Processor("new", Set.of("sse2", "avx2", "avx512f"));
  private static final Processor OLD = new Processor("old", Set.of("sse2", "avx"));

  private static Predicate<String> classPath(String... extensions) {
    List<String> files =
        Stream.of(extensions)
            .map(
                extension ->
                    "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64"
                        + extension
                        + "/libnd4jcpu.so")
            .toList();
    return files::contains;
  }

  @Test
  void linuxDescribesTheCpu() {
    Processor intel =
        Processor.parse(
            List.of(
                "processor\t: 0",
                "model name\t: Intel(R) Xeon(R) Gold 6338",
                "flags\t\t: fpu sse2 avx2 avx512f amx_tile",
                "processor\t: 1",
                "model name\t: another"));
    assertThat(intel.model()).isEqualTo("Intel(R) Xeon(R) Gold 6338");
    assertThat(intel.telling()).isEqualTo("avx2 avx512f amx_tile");
    Processor arm = Processor.parse(List.of("processor : 0", "Features : fp asimd sve"));
    assertThat(arm.telling()).isEqualTo("asimd sve");
  }

  @Test
  void aCpuWithoutAvx2IsRefusedWhereTheBuildNeedsIt() {
    assertThat(NEW.build(classPath("-onednn-avx2"))).isEmpty();
    assertThatThrownBy(() -> OLD.build(classPath("-onednn-avx2")))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "This machine's CPU, old, has no avx2, which the ND4J of this build needs. Build"
                + " Tweedie with mvn -Pany-cpu, which adds one that runs on every x86-64.");
  }

  @Test
  void theFastestBuildThatRunsIsTakenWhereThereAreSeveral() {
    assertThat(NEW.build(classPath("", "-onednn", "-onednn-avx2"))).hasValue("-onednn-avx2");
    assertThat(OLD.build(classPath("", "-onednn", "-onednn-avx2"))).hasValue("-onednn");
    assertThat(OLD.build(classPath("", "-avx2"))).hasValue("");
  }

  @Test
  void whatIsNotKnownIsLeftToNd4j() {
    assertThat(new Processor("unknown", Set.of()).build(classPath("-onednn-avx2"))).isEmpty();
    assertThat(NEW.build(classPath())).isEmpty(); // arm64, or CUDA alone
  }
}
