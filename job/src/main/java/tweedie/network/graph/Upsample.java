package tweedie.network.graph;

/**
 * A quarter of each pixel to the four pixels it covers, [n, h, w, c] to [n, 2h, 2w, c]:
 * nearest-neighbour upsampling up to a factor that the next convolution divides out, and the
 * adjoint of 2 x 2 average pooling.
 */
public final class Upsample extends Node {

  public final Node x;

  public Upsample(Node x) {
    super(new long[] {2 * x.shape[0], 2 * x.shape[1], x.shape[2]}, x.magnitude / 4, x);
    this.x = x;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.upsample(this);
  }
}
