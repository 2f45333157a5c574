package tweedie.device;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** CUDA, and ND4J's backend for it in a build with {@code -Pcuda}. */
public final class Cuda {

  /** ND4J on the GPU of each task, which has to have one. */
  public static final GpuEngine ENGINE =
      new GpuEngine() {
        @Override
        public boolean wants(List<String> assigned) {
          return isOnClassPath();
        }

        @Override
        public Optional<String> refusal(Gpu gpu) {
          return gpu.refusal();
        }

        @Override
        public void use(Gpu gpu) {
          Cuda.use(gpu);
        }
      };

  private Cuda() {}

  /** Whether this build has it; where it does not run, ND4J takes the CPU's backend. */
  public static boolean isOnClassPath() {
    return Cuda.class.getClassLoader().getResource("org/nd4j/linalg/jcublas/JCublasBackend.class")
        != null;
  }

  /** Whether this machine has a GPU, as NVIDIA's driver says. */
  public static boolean isPresent() {
    return !Present.HERE.gpus().isEmpty();
  }

  /** The GPUs of this machine, or why they cannot be known; asked once, they do not change. */
  private record Present(List<Gpu> gpus, String refusal) {

    static final Present HERE = ask();

    private static Present ask() {
      try {
        return new Present(Gpu.present(), "");
      } catch (DeviceException e) {
        return new Present(List.of(), e.getMessage());
      }
    }
  }

  /**
   * The GPU at an address that Spark gave.
   *
   * @throws DeviceException if there is none, or the engine cannot run on it
   */
  static Gpu usable(String address, GpuEngine engine) {
    Gpu gpu = at(address, gpus());
    Optional<String> refusal = engine.refusal(gpu);
    if (refusal.isPresent()) {
      throw new DeviceException(refusal.get());
    }
    return gpu;
  }

  private static List<Gpu> gpus() {
    if (!Present.HERE.refusal().isEmpty()) {
      throw new DeviceException(Present.HERE.refusal());
    }
    return Present.HERE.gpus();
  }

  static Gpu at(String address, List<Gpu> gpus) {
    return gpus.stream()
        .filter(gpu -> gpu.isAt(address))
        .findFirst()
        .orElseThrow(
            () ->
                new DeviceException(
                    "There is no GPU %s here; nvidia-smi lists %s. The script of spark.executor.resource.gpu.discoveryScript says otherwise."
                        .formatted(address, gpus.isEmpty() ? "none" : gpus)));
  }

  /**
   * Lets operations that this thread starts run on {@code gpu}.
   *
   * @throws DeviceException if ND4J does not find CUDA, or not this GPU
   */
  private static void use(Gpu gpu) {
    if (!Nd4j.getBackend().getClass().getName().contains("jcublas")) {
      throw new DeviceException(
          "GPU %d is there, and ND4J cannot load CUDA 11.6 and cuDNN 8, so it would run on the CPU: install their libraries"
              .formatted(gpu.index()));
    }
    if (Nd4j.getAffinityManager().getNumberOfDevices() > 1) {
      Nd4j.getAffinityManager().unsafeSetDevice(ordinal(gpu));
    }
  }

  /** CUDA's number of a GPU in this process. */
  static int ordinal(Gpu gpu) {
    return ordinal(gpu, System.getenv("CUDA_VISIBLE_DEVICES"));
  }

  /** CUDA's number of a GPU: nvidia-smi's, unless CUDA_VISIBLE_DEVICES, or null, picks some. */
  static int ordinal(Gpu gpu, String visible) {
    if (visible == null || visible.isBlank()) {
      return gpu.index();
    }
    List<String> addresses = List.of(visible.trim().split("\\s*,\\s*"));
    for (int i = 0; i < addresses.size(); i++) {
      if (gpu.isAt(addresses.get(i))) {
        return i;
      }
    }
    throw new DeviceException(
        "Spark assigned GPU %d, which CUDA_VISIBLE_DEVICES = %s of this process hides: leave that variable alone, or let the discovery script list no other GPUs"
            .formatted(gpu.index(), visible));
  }

  /**
   * Refuses a driver that ND4J would end: it takes the first GPU of the driver's machine, too, and
   * a driver needs none.
   *
   * @throws DeviceException if ND4J holds no code for a GPU here, and would use it
   */
  public static void checkDriver() {
    if (!isOnClassPath() || "-1".equals(System.getenv("BACKEND_PRIORITY_GPU"))) {
      return;
    }
    List<Gpu> gpus;
    try {
      gpus = gpus();
    } catch (DeviceException e) { // none: ND4J takes the CPU
      return;
    }
    Optional<String> why = gpus.stream().flatMap(gpu -> gpu.refusal().stream()).findFirst();
    if (why.isPresent()) {
      throw new DeviceException(
          why.get()
              + " A driver whose executors have other cards runs with BACKEND_PRIORITY_GPU=-1 in"
              + " its environment.");
    }
  }
}
