package tweedie.network.graph;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's native operations on images, by name.
 *
 * <p>Images are [n, height, width, channels] throughout: the layout in which oneDNN's convolutions
 * and the broadcasts over channels are fast. Wrong or slow in ND4J 1.0.0-M2.1 and therefore not
 * used: DL4J's ConvolutionLayer (im2col, 20 times slower), SameDiff's upsampling2d (wrong gradient
 * in this layout), the gradient of swish (NaN from 45 on).
 */
final class NativeOps {

  private static final int SAME = 1;
  private static final int NHWC = 1;
  private static final int WEIGHTS_YXIO = 0;

  private NativeOps() {}

  static Operation convolution(INDArray x, INDArray weight, int stride, INDArray out) {
    return convolution("conv2d", weight, stride, new INDArray[] {x, weight}, out);
  }

  static Operation convolutionBackward(
      INDArray x,
      INDArray weight,
      int stride,
      INDArray gradient,
      INDArray xGradient,
      INDArray weightGradient) {
    return convolution(
        "conv2d_bp",
        weight,
        stride,
        new INDArray[] {x, weight, gradient},
        xGradient,
        weightGradient);
  }

  /**
   * The gradient of a convolution of square images with respect to its input alone: the same
   * numbers as {@link #convolutionBackward}, which always computes that of the weights too, in less
   * than half the time. ND4J calls it deconv2d_tf; of images that are not square it makes nonsense.
   * Its deconv2d and conv2d_input_bp work without oneDNN, 10 to 100 times slower.
   *
   * @param x the input, of which only the shape matters
   */
  static Operation convolutionInputBackward(
      INDArray x, INDArray weight, int stride, INDArray gradient, INDArray xGradient) {
    if (x.size(1) != x.size(2)) {
      throw new IllegalArgumentException("Images must be square, not " + x.shapeInfoToString());
    }
    int[] shape = Arrays.stream(x.shape()).mapToInt(Math::toIntExact).toArray();
    return convolution(
        "deconv2d_tf",
        weight,
        stride,
        new INDArray[] {Nd4j.createFromArray(shape), weight, gradient},
        xGradient);
  }

  private static Operation convolution(
      String name, INDArray weight, int stride, INDArray[] inputs, INDArray... outputs) {
    long height = weight.size(0);
    long width = weight.size(1);
    return new Operation(
        name, inputs, outputs, height, width, stride, stride, 0, 0, 1, 1, SAME, NHWC, WEIGHTS_YXIO);
  }

  /** Mean of 2 x 2 pixels, [n, 2h, 2w, c] to [n, h, w, c]. */
  static Operation averagePool(INDArray x, INDArray out) {
    return pooling("avgpool2d", new INDArray[] {x}, out);
  }

  /**
   * A quarter of each pixel to the four it covers, [n, h, w, c] to [n, 2h, 2w, c]: the adjoint of
   * the mean.
   */
  static Operation averagePoolBackward(INDArray x, INDArray gradient, INDArray out) {
    return pooling("avgpool2d_bp", new INDArray[] {x, gradient}, out);
  }

  private static Operation pooling(String name, INDArray[] inputs, INDArray out) {
    int unusedExtra = 0;
    return new Operation(
        name, inputs, new INDArray[] {out}, 2, 2, 2, 2, 0, 0, 1, 1, 0, unusedExtra, NHWC);
  }
}
