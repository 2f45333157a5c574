package tweedie.network.engine.onednn;

import java.util.Optional;
import tweedie.device.Cuda;
import tweedie.device.Processor;

/** oneDNN's library for x86-64, which is in the jar. */
public final class OnednnLibrary {

  private static final String NATIVES = "org/bytedeco/dnnl/linux-x86_64/libjnidnnl.so";

  private OnednnLibrary() {}

  /** Why it cannot run on a machine of this processor, a sentence; empty if it can. */
  public static Optional<String> refusal(Processor processor) {
    return refusal(
        processor,
        OnednnLibrary.class.getClassLoader().getResource(NATIVES) != null,
        Cuda.isOnClassPath());
  }

  static Optional<String> refusal(Processor processor, boolean present, boolean cuda) {
    if (!present) {
      return Optional.of(
          "This build holds no oneDNN for this machine: set tweedie.compute.engine to auto or nd4j");
    }
    if (cuda) {
      return Optional.of(
          "This build holds ND4J for CUDA, whose arrays oneDNN does not read: set tweedie.compute.engine to auto or nd4j, or build without -Pcuda");
    }
    if (!processor.features().contains("avx2")) {
      return Optional.of(
          "oneDNN is used on x86-64 with AVX2, which this machine's CPU, %s, has not: set tweedie.compute.engine to auto or nd4j"
              .formatted(processor.model()));
    }
    return Optional.empty();
  }
}
