package tweedie.network.engine.torch;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A function in TorchScript, compiled for a device. */
final class TorchFunction implements AutoCloseable {

  /** Whether what a function computes can be differentiated afterwards. */
  enum Gradient {
    OFF,
    ON
  }

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
   */
  NDList call(Gradient gradient, NDList arguments) {
    // both are of the thread: optimized graphs take other formulas for gradients, from some call on
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(gradient == Gradient.ON);
    boolean underGradMode = true; // otherwise nothing can be differentiated
    return IValueUtils.forward(module, arguments, underGradMode);
  }

  @Override
  public void close() {
    module.close();
  }
}
