package tweedie.network.engine.torch;

import java.util.OptionalInt;

/**
 * How PyTorch runs a network. The same options give the same bits on the same machine; others may
 * differ by rounding. Networks of one process share a precision on its GPU: gradients of
 * convolutions have that of the network made last.
 *
 * @param gpu CUDA's number of the GPU; empty for the CPU
 * @param precision of convolutions
 * @param layout of images inside
 * @param search which of cuDNN's convolutions run on a GPU
 */
public record TorchOptions(OptionalInt gpu, Precision precision, Layout layout, Search search) {

  /** Numbers that convolutions multiply; all else, and every sum, is in float32. */
  public enum Precision {
    /** 24 bits, on GPUs too. */
    FLOAT32,
    /** 11 bits of each factor on GPUs of compute capability 8.0 and later; float32 elsewhere. */
    TF32,
    /** 8 bits of each factor, in half the memory. Weights are normalised before, in float32. */
    BFLOAT16
  }

  /** The order of an image's numbers. */
  public enum Layout {
    CHANNELS_FIRST,
    CHANNELS_LAST
  }

  /** How cuDNN chooses among its convolutions. */
  public enum Search {
    /** One that gives the same bits each time. */
    REPEATABLE,
    /** The fastest that it finds by trying, which may be another one the next time. */
    FASTEST
  }

  /** On the CPU: float32, channels first. */
  public static TorchOptions cpu() {
    return new TorchOptions(
        OptionalInt.empty(), Precision.FLOAT32, Layout.CHANNELS_FIRST, Search.REPEATABLE);
  }

  /**
   * On a GPU: TF32, and channels last, in which its tensor cores compute. Neither choice has been
   * measured.
   *
   * @param ordinal CUDA's number of it
   */
  public static TorchOptions gpu(int ordinal) {
    return new TorchOptions(
        OptionalInt.of(ordinal), Precision.TF32, Layout.CHANNELS_LAST, Search.REPEATABLE);
  }

  /** The same with another precision. */
  public TorchOptions with(Precision precision) {
    return new TorchOptions(gpu, precision, layout, search);
  }

  /** The same with another layout. */
  public TorchOptions with(Layout layout) {
    return new TorchOptions(gpu, precision, layout, search);
  }

  /** The same with cuDNN's fastest convolutions. */
  public TorchOptions searching() {
    return new TorchOptions(gpu, precision, layout, Search.FASTEST);
  }
}
