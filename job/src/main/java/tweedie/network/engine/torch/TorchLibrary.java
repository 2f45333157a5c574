package tweedie.network.engine.torch;

import java.util.Locale;
import java.util.Optional;
import tweedie.device.DeviceException;
import tweedie.device.NativeThreads;

/**
 * PyTorch's native library, libtorch, through DJL, in a build with {@code -Ptorch}. Nothing here
 * needs DJL before {@link #load}.
 */
public final class TorchLibrary {

  private TorchLibrary() {}

  /** Why PyTorch cannot run on the CPU, a sentence; empty if nothing speaks against it. */
  public static Optional<String> cpuRefusal() {
    return TorchInstallation.here().refusal(false);
  }

  /** As {@link #cpuRefusal}, on GPUs. */
  public static Optional<String> gpuRefusal() {
    return TorchInstallation.here().refusal(true);
  }

  /**
   * Loads libtorch, once in a process, and tells it how many threads to take: as many as ND4J. Both
   * hold for the process.
   *
   * @return the options that hold here: without oneDNN, convolutions of channels last have no
   *     gradient on a CPU
   * @throws DeviceException if it cannot run here as the options say
   */
  static TorchOptions load(TorchOptions options) {
    TorchInstallation.here()
        .refusal(options.gpu().isPresent())
        .ifPresent(
            why -> {
              throw new DeviceException(why);
            });
    TorchProcess.prepare(options, NativeThreads.used());
    return options.gpu().isPresent() || TorchProcess.usesOnednn()
        ? options
        : options.with(TorchOptions.Layout.CHANNELS_FIRST);
  }

  /**
   * Has the device add two numbers, which a driver or libtorch that does not fit the GPU cannot.
   *
   * @throws DeviceException if PyTorch cannot run here as the options say
   */
  public static void check(TorchOptions options) {
    TorchOptions loaded = load(options);
    TorchProcess.check(loaded)
        .ifPresent(
            why -> {
              throw new DeviceException(
                  "%s cannot compute: %s. A GPU needs NVIDIA's driver for this CUDA (550 or newer for 12.4), and a libtorch with code for it: docs/gpu.md"
                      .formatted(describe(loaded), why));
            });
  }

  /** Gives back the memory of GPUs that PyTorch keeps for arrays to come. */
  public static void release() {
    TorchProcess.release();
  }

  static String describe(TorchOptions options) {
    return "PyTorch %s, %s, %s, %s, %d threads"
        .formatted(
            TorchProcess.version(),
            options.gpu().isPresent()
                ? "GPU " + options.gpu().getAsInt()
                : TorchProcess.usesOnednn() ? "CPU" : "CPU without oneDNN, which is wrong on it",
            word(options.precision()),
            word(options.layout()),
            TorchProcess.threads());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
