package tweedie.network.engine;

import java.io.Serializable;
import java.util.Optional;
import tweedie.device.DeviceMemoryException;
import tweedie.device.Gpu;
import tweedie.network.engine.torch.TorchLibrary;

/**
 * Finds out whether a device has memory for so many images at once, by trying: that hangs on the
 * kernels that its libraries choose, and on their scratch.
 */
public final class MemoryTrial {

  /** Computes something on images that do not matter. */
  @FunctionalInterface
  public interface Attempt extends Serializable {

    /**
     * Computes on so many images.
     *
     * @throws DeviceMemoryException if the device has too little memory for them
     */
    void on(int images);
  }

  /** The memory of a device, in MiB. */
  interface Memory {

    /** The device, in words. */
    String device();

    /** All that it has. */
    long total();

    /** What is in use, by whomever, with what this process keeps for later. */
    long used();

    /** Gives back what this process keeps for later. */
    void release();
  }

  /** The memory of a GPU on which PyTorch computes. */
  private record TorchMemory(Gpu gpu) implements Memory {

    @Override
    public String device() {
      return "GPU %d, %s".formatted(gpu.index(), gpu.name());
    }

    @Override
    public long total() {
      return gpu.totalMebibytes();
    }

    @Override
    public long used() {
      return gpu.usedMebibytes();
    }

    @Override
    public void release() {
      TorchLibrary.release();
    }
  }

  /** The number that fits is found within this share of it. */
  private static final int FINENESS = 16;

  private final Attempt attempt;
  private final Memory memory;

  /** To be tried on a GPU by PyTorch. */
  public static MemoryTrial onGpu(Gpu gpu, Attempt attempt) {
    return new MemoryTrial(attempt, new TorchMemory(gpu));
  }

  MemoryTrial(Attempt attempt, Memory memory) {
    this.attempt = attempt;
    this.memory = memory;
  }

  /**
   * Why a batch does not fit, a sentence with how much it needs and how many images fit; empty if
   * it does.
   *
   * @param setting the setting that says how many images
   */
  public Optional<String> refusal(String setting, int images) {
    if (fits(images)) {
      return Optional.empty();
    }
    long before = memory.used();
    long free = memory.total() - before;
    int fitting = largest(images);
    if (fitting == 0) {
      return Optional.of(
          "%s = %d does not fit into the memory of %s, of which %d of %d MiB are free, and neither does a single image: take another card, or a smaller network"
              .formatted(setting, images, memory.device(), free, memory.total()));
    }
    return Optional.of(
        "%s = %d needs about %d MiB of memory, and %s, has %d of %d MiB free: set it to %d, which fits, or less"
            .formatted(
                setting,
                images,
                needed(images, fitting, before),
                memory.device(),
                free,
                memory.total(),
                fitting));
  }

  private int largest(int tooMany) {
    int fitting = 0;
    int failing = tooMany;
    while (failing - fitting > Math.max(1, failing / FINENESS)) {
      int middle = (fitting + failing) >>> 1;
      if (fits(middle)) {
        fitting = middle;
      } else {
        failing = middle;
      }
    }
    return fitting;
  }

  private boolean fits(int images) {
    try {
      attempt.on(images);
      return true;
    } catch (DeviceMemoryException e) {
      memory.release();
      return false;
    }
  }

  /** On the line through what two numbers of images take. */
  private long needed(int images, int fitting, long before) {
    int fewer = fitting / 2;
    long ofFewer = taken(fewer, before);
    long ofFitting = taken(fitting, before);
    return ofFitting + (images - fitting) * (ofFitting - ofFewer) / (fitting - fewer);
  }

  private long taken(int images, long before) {
    memory.release();
    return images > 0 && fits(images) ? memory.used() - before : 0;
  }
}
