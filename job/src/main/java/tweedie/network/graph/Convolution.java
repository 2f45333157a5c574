package tweedie.network.graph;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution with normalised weights, "same" padding and no bias; its output has magnitude
 * {@code gain}.
 *
 * <p>Images are [n, height, width, channels]: the layout in which oneDNN's convolutions and the
 * broadcasts over channels are fast. DL4J's ConvolutionLayer (1.0.0-M2.1, im2col) is 20 times
 * slower.
 */
public final class Convolution extends WeightedNode {

  private static final int SAME = 1;
  private static final int NHWC = 1;
  private static final int WEIGHTS_YXIO = 0;

  private final int stride;

  public Convolution(
      Graph graph, Node x, String name, int kernel, int stride, long out, double gain) {
    super(
        graph,
        x,
        name,
        new long[] {strided(x.shape[0], stride), strided(x.shape[1], stride), out},
        gain,
        kernel,
        kernel,
        x.channels(),
        out);
    this.stride = stride;
  }

  /** "Same" padding leaves ceil(size / stride) pixels. */
  private static long strided(long size, int stride) {
    return (size + stride - 1) / stride;
  }

  @Override
  Operation applied() {
    return convolution("conv2d", new INDArray[] {x.value, weight}, value);
  }

  @Override
  List<Operation> propagating(int n) {
    INDArray ofInput = gradientOf(x, n);
    boolean square = x.shape[0] == x.shape[1];
    return List.of(
        square && !learned()
            ? inputBackward(ofInput)
            : convolution(
                "conv2d_bp",
                new INDArray[] {x.value, weight, gradient},
                ofInput,
                weightGradient()));
  }

  /**
   * The gradient of a convolution of square images with respect to its input alone: the same
   * numbers as conv2d_bp, which always computes that of the weights too, in less than half the
   * time. Of images that are not square it makes nonsense. ND4J's deconv2d and conv2d_input_bp work
   * without oneDNN, 10 to 100 times slower.
   */
  private Operation inputBackward(INDArray ofInput) {
    int[] shape = Arrays.stream(x.value.shape()).mapToInt(Math::toIntExact).toArray();
    return convolution(
        "deconv2d_tf", new INDArray[] {Nd4j.createFromArray(shape), weight, gradient}, ofInput);
  }

  private Operation convolution(String name, INDArray[] inputs, INDArray... outputs) {
    long height = weight.size(0);
    long width = weight.size(1);
    return new Operation(
        name, inputs, outputs, height, width, stride, stride, 0, 0, 1, 1, SAME, NHWC, WEIGHTS_YXIO);
  }
}
