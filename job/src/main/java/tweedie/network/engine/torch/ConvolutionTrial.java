package tweedie.network.engine.torch;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import tweedie.network.engine.torch.TorchFunction.Gradient;

/**
 * Tries whether PyTorch's convolutions and their gradients on this CPU are the same with oneDNN and
 * without. On a virtual AMD EPYC with AVX-512 that does not say how large its caches are, gradients
 * by oneDNN 3.5.3, which is in PyTorch 2.5.1, are wrong, with AVX and AVX2 as well.
 */
final class ConvolutionTrial {

  /** A convolution and the gradients of half its square, one after the other. */
  private static final String CONVOLUTION =
      """
        def forward(self: __torch__.Net, images: Tensor, weights: Tensor) -> Tensor:
          x = torch.requires_grad_(torch.detach(images), True)
          w = torch.requires_grad_(torch.detach(weights), True)
          y = torch._convolution(x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, True, True, False)
          slopes = torch.grad([torch.mul(torch.sum(torch.mul(y, y)), 0.5)], [x, w], None, None, False, False)
          ofX = unchecked_cast(Tensor, slopes[0])
          ofW = unchecked_cast(Tensor, slopes[1])
          return torch.cat([torch.reshape(torch.detach(y), [-1]), torch.reshape(ofX, [-1]), torch.reshape(ofW, [-1])], 0)
      """;

  /** Of fewer images PyTorch may compute the convolution without oneDNN. */
  private static final int IMAGES = 16;

  private static final int SIZE = 8;
  private static final int KERNEL = 3;
  private static final double ROUNDING = 1e-3;

  private ConvolutionTrial() {}

  /**
   * Whether they are.
   *
   * @param onednn switches oneDNN on and off
   */
  static boolean agrees(Consumer<Boolean> onednn) {
    try (TorchArrays arrays = new TorchArrays(TorchOptions.cpu());
        TorchFunction convolution = new TorchFunction(arrays.manager(), CONVOLUTION)) {
      int[][] channels = {{1, 16}, {3, 5}, {16, 16}, {16, 3}};
      for (int[] inAndOut : channels) {
        onednn.accept(true);
        float[] fast = convolved(arrays, convolution, inAndOut[0], inAndOut[1]);
        onednn.accept(false);
        float[] plain = convolved(arrays, convolution, inAndOut[0], inAndOut[1]);
        for (int i = 0; i < plain.length; i++) {
          if (!(Math.abs(fast[i] - plain[i]) <= ROUNDING * (1 + Math.abs(plain[i])))) {
            return false;
          }
        }
      }
      return true;
    }
  }

  private static float[] convolved(TorchArrays arrays, TorchFunction convolution, int in, int out) {
    try (PtNDManager some = arrays.some()) {
      FloatBuffer images = wave(IMAGES * in * SIZE * SIZE);
      FloatBuffer weights = wave(out * in * KERNEL * KERNEL);
      NDList arguments =
          new NDList(
              arrays.put(some, "images", images, IMAGES, in, SIZE, SIZE),
              arrays.put(some, "weights", weights, out, in, KERNEL, KERNEL));
      NDList result = convolution.call(Gradient.ON, arguments);
      result.attach(some);
      PtNDArray array = (PtNDArray) result.singletonOrThrow();
      float[] values = new float[Math.toIntExact(array.size())];
      TorchArrays.read(array, FloatBuffer.wrap(values));
      return values;
    }
  }

  /** So many different numbers in [-1, 1]. */
  private static FloatBuffer wave(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(i * (i + 1.0));
    }
    return FloatBuffer.wrap(values);
  }
}
