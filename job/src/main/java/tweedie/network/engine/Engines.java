package tweedie.network.engine;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import tweedie.device.Cuda;
import tweedie.device.DeviceException;
import tweedie.device.GpuEngine;
import tweedie.device.Processor;
import tweedie.device.TaskResources;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputeSettings.LayoutChoice;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.engine.onednn.Layout;
import tweedie.network.engine.onednn.OnednnCompute;
import tweedie.network.engine.onednn.OnednnLibrary;
import tweedie.network.engine.torch.TorchCompute;
import tweedie.network.engine.torch.TorchGpus;
import tweedie.network.engine.torch.TorchLearner;
import tweedie.network.engine.torch.TorchLibrary;
import tweedie.network.engine.torch.TorchOptions;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Precision;

/** Which engine runs networks in this process, as {@link ComputeSettings} says. */
public final class Engines {

  /** Engines that round otherwise differ by less, relative to the largest number. */
  private static final double ROUNDING = 1e-4;

  /** The same where one multiplies numbers of 11 bits. */
  private static final double ROUNDING_TF32 = 3e-2;

  /** The same where one multiplies numbers of 8 bits. */
  private static final double ROUNDING_BFLOAT16 = 0.2;

  private Engines() {}

  /**
   * Takes what Spark gave to this task: see {@link TaskResources#take}. Before the first network of
   * a task is made, in its thread.
   *
   * @param threads of native operations; 0 for what OMP_NUM_THREADS says
   * @throws DeviceException if what was given cannot run networks
   */
  public static void take(int threads) {
    TaskResources.take(threads, gpus());
  }

  private static GpuEngine gpus() {
    return switch (ComputeSettings.here().engine()) {
      case TORCH -> new TorchGpus();
      case AUTO -> Cuda.isOnClassPath() ? Cuda.ENGINE : new TorchGpus();
      case ONEDNN, ND4J -> Cuda.ENGINE;
    };
  }

  /**
   * The engine for a network.
   *
   * @throws DeviceException if the one that is asked for cannot run here
   */
  public static Compute compute(Graph graph) {
    ComputeSettings settings = ComputeSettings.here();
    return switch (chosen(settings)) {
      case ONEDNN -> new OnednnCompute(graph, layout(settings.layout()), settings.precision());
      case TORCH -> new TorchCompute(graph, torch(settings));
      default -> new Nd4jCompute(graph);
    };
  }

  /**
   * What trains networks on a device of this process; empty where DL4J does.
   *
   * @throws DeviceException if the engine that is asked for cannot run here
   */
  public static Optional<Function<Graph, Learner>> learner() {
    ComputeSettings settings = ComputeSettings.here();
    return chosen(settings) == Choice.TORCH
        ? Optional.of(graph -> new TorchLearner(graph, torch(settings)))
        : Optional.empty();
  }

  /**
   * Finds out whether networks can be computed here.
   *
   * @throws DeviceException if the engine that is asked for cannot run here
   */
  public static void check() {
    ComputeSettings settings = ComputeSettings.here();
    Choice choice = chosen(settings);
    if (choice == Choice.TORCH) {
      TorchLibrary.check(torch(settings));
    }
    if (settings.precision() == Precision.BFLOAT16) {
      bfloat16Refusal(choice, Processor.present())
          .ifPresent(
              why -> {
                throw new DeviceException(why);
              });
    }
  }

  /**
   * Why the GPU of this task has no memory for a batch, and for how many images it has: see {@link
   * MemoryTrial}. Empty if it has, and without a GPU.
   *
   * @param setting the setting that says how many images
   * @throws DeviceException if the GPU does not say how much memory it has
   */
  static Optional<String> memoryRefusal(String setting, int images, MemoryTrial.Attempt attempt) {
    return TaskResources.gpuOfTask()
        .filter(gpu -> chosen(ComputeSettings.here()) == Choice.TORCH)
        .flatMap(gpu -> MemoryTrial.onGpu(gpu, attempt).refusal(setting, images));
  }

  /** Why nothing can be trained in bfloat16, a sentence; empty if it can. */
  public static Optional<String> bfloat16Refusal(Choice choice, Processor processor) {
    String sentence = "tweedie.compute.precision = bfloat16 %s: leave it at float32";
    if (choice != Choice.ONEDNN) {
      return Optional.of(sentence.formatted("is oneDNN's, and networks are computed by " + choice));
    }
    return processor.features().contains("avx512_bf16") || processor.features().contains("amx_bf16")
        ? Optional.empty()
        : Optional.of(
            sentence.formatted(
                "needs AVX512_BF16 or AMX, which this machine's CPU, %s, has not"
                    .formatted(processor.model())));
  }

  /** Another engine, which runs on this machine's CPU; empty where there is none. */
  public static Optional<Function<Graph, Compute>> reference() {
    if (chosen(ComputeSettings.here()) != Choice.ND4J) {
      return Optional.of(Nd4jCompute::new);
    }
    return OnednnLibrary.refusal(Processor.present()).isPresent()
        ? Optional.empty()
        : Optional.of(graph -> new OnednnCompute(graph, Layout.BLOCKED));
  }

  /** By how much the engine of this process may differ from {@link #reference}. */
  public static double tolerance() {
    ComputeSettings settings = ComputeSettings.here();
    boolean tf32 =
        settings.tf32() && chosen(settings) == Choice.TORCH && TaskResources.gpu().isPresent();
    return settings.precision() == Precision.BFLOAT16
        ? ROUNDING_BFLOAT16
        : tf32 ? ROUNDING_TF32 : ROUNDING;
  }

  private static Choice chosen(ComputeSettings settings) {
    return switch (settings.engine()) {
      case AUTO -> fastest();
      case ONEDNN -> sound(Choice.ONEDNN, OnednnLibrary.refusal(Processor.present()));
      case TORCH ->
          sound(
              Choice.TORCH,
              TaskResources.gpu().isPresent()
                  ? TorchLibrary.gpuRefusal()
                  : TorchLibrary.cpuRefusal());
      case ND4J -> Choice.ND4J;
    };
  }

  private static Choice sound(Choice choice, Optional<String> refusal) {
    if (refusal.isPresent()) {
      throw new DeviceException(refusal.get());
    }
    return choice;
  }

  private static Choice fastest() {
    if (TaskResources.gpu().isPresent()) {
      return Cuda.isOnClassPath() ? Choice.ND4J : Choice.TORCH;
    }
    return OnednnLibrary.refusal(Processor.present()).isPresent() ? Choice.ND4J : Choice.ONEDNN;
  }

  private static Layout layout(LayoutChoice asked) {
    return asked == LayoutChoice.CHANNELS_LAST ? Layout.CHANNELS_LAST : Layout.BLOCKED;
  }

  private static TorchOptions torch(ComputeSettings settings) {
    OptionalInt gpu = TaskResources.gpu();
    if (gpu.isEmpty()) {
      return TorchOptions.cpu();
    }
    TorchOptions options = TorchOptions.gpu(gpu.getAsInt());
    options = settings.tf32() ? options : options.with(TorchOptions.Precision.FLOAT32);
    return settings.cudnnBenchmark() ? options.searching() : options;
  }
}
