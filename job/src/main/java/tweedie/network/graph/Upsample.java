package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A quarter of each pixel to the four pixels it covers, [n, h, w, c] to [n, 2h, 2w, c]:
 * nearest-neighbour upsampling up to a factor that the next convolution divides out.
 *
 * <p>It is the adjoint of 2 x 2 average pooling, so forward and backward are that operation's
 * backward and forward. Both are several times faster than ND4J's upsampling2d and its gradient.
 */
public final class Upsample extends NativeNode {

  private final Node x;

  public Upsample(Node x) {
    super(new long[] {2 * x.shape[0], 2 * x.shape[1], x.shape[2]}, x.magnitude / 4);
    this.x = x;
  }

  @Override
  List<Operation> computing(int n) {
    INDArray onlyItsShapeMatters = value;
    return List.of(NativeOps.averagePoolBackward(onlyItsShapeMatters, x.value, value));
  }

  @Override
  List<Operation> propagating(int n) {
    return List.of(NativeOps.averagePool(gradient, gradientOf(x, n)));
  }
}
