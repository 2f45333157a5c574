package tweedie.network.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays of one owner on one device. What comes from Java passes through arrays on the host, in
 * torch's memory, of which there is one for each purpose: DJL's own way leaves a Java buffer behind
 * each time, until garbage is collected.
 */
final class TorchArrays implements AutoCloseable {

  private final PtNDManager all;
  private final PtNDManager host;
  private final Map<String, PtNDArray> staged = new HashMap<>();

  TorchArrays(TorchOptions options) {
    Engine engine = Engine.getEngine("PyTorch");
    Device device = options.gpu().isPresent() ? Device.gpu(options.gpu().getAsInt()) : Device.cpu();
    all = (PtNDManager) engine.newBaseManager(device);
    host = all.newSubManager(Device.cpu());
  }

  /** The manager of all of them. */
  PtNDManager manager() {
    return all;
  }

  /** A manager of some of them, to be closed on its own. */
  PtNDManager some() {
    return all.newSubManager(all.getDevice());
  }

  /**
   * An array on the device with these values, which on the CPU lie where the next of this purpose
   * will lie.
   *
   * @param owner the manager that it belongs to
   */
  PtNDArray put(PtNDManager owner, String purpose, FloatBuffer values, long... shape) {
    PtNDArray source = write(purpose, values, shape);
    PtNDArray array =
        all.getDevice().isGpu()
            ? TorchFunction.explained(() -> JniUtils.to(source, DataType.FLOAT32, all.getDevice()))
            : JniUtils.detachGradient(source);
    array.attach(owner);
    return array;
  }

  /** As {@link #put}, on the host. */
  PtNDArray putOnHost(PtNDManager owner, String purpose, FloatBuffer values, long... shape) {
    PtNDArray array = JniUtils.detachGradient(write(purpose, values, shape));
    array.attach(owner);
    return array;
  }

  private PtNDArray write(String purpose, FloatBuffer values, long... shape) {
    PtNDArray array = staged.get(purpose);
    if (array == null || !Arrays.equals(array.getShape().getShape(), shape)) {
      if (array != null) {
        array.close();
      }
      array = host.create(new Shape(shape), DataType.FLOAT32);
      staged.put(purpose, array);
    }
    JniUtils.getByteBuffer(array, true).asFloatBuffer().put(values);
    return array;
  }

  /** Copies an array to Java. */
  static void read(PtNDArray array, FloatBuffer values) {
    PtNDArray here = array.toDevice(Device.cpu(), false);
    values.put(JniUtils.getByteBuffer(here, true).asFloatBuffer());
    if (here != array) {
      here.close();
    }
  }

  @Override
  public void close() {
    all.close();
  }
}
