package tweedie.network.engine.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tweedie.device.DeviceException;
import tweedie.network.engine.torch.TorchFunction.Gradient;
import tweedie.network.engine.torch.TorchOptions.Precision;
import tweedie.network.engine.torch.TorchOptions.Search;

/** What of libtorch is one for the whole process. */
final class TorchProcess {

  private static final String SUM =
      """
        def forward(self: __torch__.Net, x: Tensor) -> Tensor:
          return torch.add(x, x)
      """;

  private TorchProcess() {}

  /**
   * How dlopen gives a library that DJL has loaded: its names stay its own. JNA would make them
   * those of the process, and oneDNN's library takes its names from LibTorch's then, which holds
   * another oneDNN, and ends the process.
   */
  private static final int RTLD_LAZY = 1;

  /** Loaded when it is first asked for; where that fails, each time in the same words. */
  private record Loaded(String version, NativeLibrary library, String refusal) {

    static final Loaded HERE = load();

    private static Loaded load() {
      System.setProperty("ai.djl.offline", "true");
      System.setProperty("ai.djl.pytorch.graph_optimizer", "false"); // DJL would speak of it
      if (System.getProperty("ai.djl.pytorch.num_interop_threads") == null) {
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
      }
      try {
        String version = Engine.getEngine("PyTorch").getVersion();
        Path library = Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so");
        return new Loaded(
            version,
            NativeLibrary.getInstance(
                library.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_LAZY)),
            "");
      } catch (EngineException | LinkageError e) {
        return new Loaded("", null, refusal(reason(e)));
      }
    }

    private static String refusal(String reason) {
      return "PyTorch's libraries cannot be loaded: "
          + reason
          + (reason.contains("libcuda.so")
              ? ". This libtorch is for GPUs, and there is no driver of NVIDIA's here: run it where there is one, or set tweedie.compute.engine = auto"
              : "");
    }

    private static String reason(Throwable e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return String.valueOf(cause.getMessage());
    }
  }

  private static Loaded loaded() {
    if (!Loaded.HERE.refusal().isEmpty()) {
      throw new DeviceException(Loaded.HERE.refusal());
    }
    return Loaded.HERE;
  }

  /**
   * Sets what is not an argument of any operation: the number of threads on the CPU, and how cuDNN
   * computes gradients of convolutions, for which PyTorch (2.5.1, {@code convolution_backward} in
   * Convolution.cpp) asks {@code at::globalContext()}. DJL cannot reach that; it is C++, whose
   * methods are functions of the object.
   *
   * @param threads 0 to leave their number as it is
   */
  static void prepare(TorchOptions options, int threads) {
    Loaded loaded = loaded();
    if (threads > 0 && JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
    set("_ZN2at7Context21setDeterministicCuDNNEb", options.search() == Search.REPEATABLE, loaded);
    set("_ZN2at7Context17setAllowTF32CuDNNEb", options.precision() == Precision.TF32, loaded);
    if (options.gpu().isEmpty()) {
      usesOnednn();
    }
  }

  /** Why a device cannot add two numbers, in PyTorch's words; empty if it can. */
  static Optional<String> check(TorchOptions options) {
    try (TorchArrays arrays = new TorchArrays(options);
        TorchFunction sum = new TorchFunction(arrays.manager(), SUM)) {
      FloatBuffer one = FloatBuffer.wrap(new float[] {1});
      PtNDArray x = arrays.put(arrays.manager(), "one", one, 1);
      NDList result = sum.call(Gradient.OFF, new NDList(x));
      TorchArrays.read((PtNDArray) result.singletonOrThrow(), FloatBuffer.allocate(1));
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(TorchFunction.firstLine(e));
    }
  }

  static void release() {
    JniUtils.emptyCudaCache();
  }

  private static void set(String method, boolean value, Loaded loaded) {
    try {
      loaded
          .library()
          .getFunction(method)
          .invokeVoid(new Object[] {context(loaded), value ? 1 : 0});
    } catch (UnsatisfiedLinkError e) {
      throw new DeviceException(
          "PyTorch %s has no %s, so no step could be repeated bit by bit: use the version that this build of Tweedie fits"
              .formatted(loaded.version(), method));
    }
  }

  /** Whether PyTorch convolves by oneDNN on this CPU; tried when it is first asked for. */
  private static final class Onednn {

    static final boolean USED = decided();

    private static boolean decided() {
      boolean agrees = ConvolutionTrial.agrees(Onednn::use);
      use(agrees);
      return agrees;
    }

    private static void use(boolean on) {
      set("_ZN2at7Context20setUserEnabledMkldnnEb", on, loaded());
    }
  }

  private static Pointer context(Loaded loaded) {
    return loaded.library().getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
  }

  /** Whether convolutions on the CPU are oneDNN's: where those are right. */
  static boolean usesOnednn() {
    return Onednn.USED;
  }

  static String version() {
    return loaded().version();
  }

  static int threads() {
    loaded();
    return JniUtils.getNumThreads();
  }
}
