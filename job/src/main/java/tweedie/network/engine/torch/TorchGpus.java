package tweedie.network.engine.torch;

import java.util.List;
import java.util.Optional;
import tweedie.device.Cuda;
import tweedie.device.Gpu;
import tweedie.device.GpuEngine;
import tweedie.device.TaskResources;

/**
 * PyTorch on the GPUs that Spark assigns, or, in local mode, on the first; a task without one
 * computes on the CPU.
 *
 * <p>libtorch 2.5.1 for CUDA 12.4 holds code for compute capability 5.0 to 9.0, and PTX of 9.0 that
 * a driver may compile for newer cards; a libtorch of the machine may hold other code. None of this
 * has been tried on a card.
 */
public final class TorchGpus implements GpuEngine {

  private static final double LEAST_CAPABILITY = 5.0;

  @Override
  public boolean wants(List<String> assigned) {
    return !assigned.isEmpty()
        || (Cuda.isPresent() && TaskResources.isLocal() && TorchLibrary.gpuRefusal().isEmpty());
  }

  @Override
  public Optional<String> refusal(Gpu gpu) {
    return tooOld(gpu).or(TorchLibrary::gpuRefusal);
  }

  static Optional<String> tooOld(Gpu gpu) {
    return Double.parseDouble(gpu.capability()) >= LEAST_CAPABILITY
        ? Optional.empty()
        : Optional.of(
            "GPU %d, %s, has compute capability %s, and PyTorch needs 5.0 (Maxwell) or later. Use another card, or leave out spark.task.resource.gpu.amount."
                .formatted(gpu.index(), gpu.name(), gpu.capability()));
  }

  /** Nothing: each network is given the number of its GPU, {@link TorchOptions#gpu}. */
  @Override
  public void use(Gpu gpu) {
    // no state of the thread
  }
}
