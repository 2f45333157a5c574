package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A quarter of each pixel to the four pixels it covers, [n, h, w, c] to [n, 2h, 2w, c]:
 * nearest-neighbour upsampling up to a factor that the next convolution divides out.
 *
 * <p>It is the adjoint of 2 x 2 average pooling, so forward and backward are that operation's
 * backward and forward. Both are several times faster than ND4J's upsampling2d (1.0.0-M2.1), whose
 * gradient is wrong in this layout.
 */
public final class Upsample extends Node {

  private final Node x;

  public Upsample(Node x) {
    super(new long[] {2 * x.shape[0], 2 * x.shape[1], x.shape[2]}, x.magnitude / 4);
    this.x = x;
  }

  @Override
  List<Operation> computing(int n) {
    INDArray onlyItsShapeMatters = value;
    return List.of(pooling("avgpool2d_bp", value, onlyItsShapeMatters, x.value));
  }

  @Override
  List<Operation> propagating(int n) {
    return List.of(pooling("avgpool2d", gradientOf(x, n), gradient));
  }

  private static Operation pooling(String name, INDArray out, INDArray... inputs) {
    int unusedExtra = 0;
    int nhwc = 1;
    return new Operation(
        name, inputs, new INDArray[] {out}, 2, 2, 2, 2, 0, 0, 1, 1, 0, unusedExtra, nhwc);
  }
}
