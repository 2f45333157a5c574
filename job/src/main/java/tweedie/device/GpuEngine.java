package tweedie.device;

import java.util.List;
import java.util.Optional;

/** An engine that can compute on GPUs, as {@link TaskResources} asks it. */
public interface GpuEngine {

  /** Whether a task is to have a GPU, where Spark assigned those at these addresses to it. */
  boolean wants(List<String> assigned);

  /** Why it cannot run on a GPU, a sentence; empty if nothing speaks against it. */
  Optional<String> refusal(Gpu gpu);

  /**
   * Lets operations that the calling thread starts run on a GPU.
   *
   * @throws DeviceException if it does not find CUDA, or not this GPU
   */
  void use(Gpu gpu);
}
