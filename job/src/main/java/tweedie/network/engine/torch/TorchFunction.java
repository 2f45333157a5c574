package tweedie.network.engine.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import tweedie.device.DeviceMemoryException;

/** A function in TorchScript, compiled for a device. */
final class TorchFunction implements AutoCloseable {

  /** Whether what a function computes can be differentiated afterwards. */
  enum Gradient {
    OFF,
    ON
  }

  /** What PyTorch says of a GPU, and of a CPU, whose memory does not suffice. */
  private static final List<String> NO_MEMORY = List.of("out of memory", "can't allocate memory");

  private final PtSymbolBlock module;

  /**
   * Compiles a method of {@link TorchScript}.
   *
   * @param manager of the device, which has to stay open
   */
  TorchFunction(PtNDManager manager, String method) {
    boolean onItsOwnDevices = false;
    boolean endsWithTheStream = false;
    try {
      module =
          JniUtils.loadModule(
              manager,
              new ByteArrayInputStream(TorchArchive.of(method)),
              onItsOwnDevices,
              endsWithTheStream);
    } catch (IOException e) { // in memory
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Calls it.
   *
   * @param arguments arrays, at least one; the results belong to the manager of the first
   * @throws DeviceMemoryException if the device has too little memory
   */
  NDList call(Gradient gradient, NDList arguments) {
    // both are of the thread: optimized graphs take other formulas for gradients, from some call on
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(gradient == Gradient.ON);
    boolean underGradMode = true; // otherwise nothing can be differentiated
    return explained(() -> IValueUtils.forward(module, arguments, underGradMode));
  }

  /**
   * What PyTorch returns. A device without memory is the one failure that a setting mends.
   *
   * @throws DeviceMemoryException if the device has too little memory
   */
  static <T> T explained(Supplier<T> call) {
    try {
      return call.get();
    } catch (EngineException e) {
      throw NO_MEMORY.stream().anyMatch(String.valueOf(e.getMessage())::contains)
          ? new DeviceMemoryException(
              "The device has too little memory for so many images at once: lower tweedie.train.batch-size or tweedie.sample.batch-size. PyTorch says: "
                  + firstLine(e))
          : e;
    }
  }

  /** What PyTorch says went wrong; its stack follows. */
  static String firstLine(EngineException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    module.close();
  }
}
