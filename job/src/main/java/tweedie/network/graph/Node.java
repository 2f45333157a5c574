package tweedie.network.graph;

import java.util.List;

/**
 * One operation of a network, as engines read it: what it computes from its inputs, in which shape.
 *
 * <p>Nodes run in the order in which they were added to their {@link Graph}, and backwards in the
 * reverse order.
 */
public abstract class Node {

  /** Shape of one example: [height, width, channels] or [features]. */
  public final long[] shape;

  /**
   * Expected root mean square of the value at the start of training, which the next convolution
   * divides out.
   */
  public final double magnitude;

  /** What it is computed from. */
  public final List<Node> inputs;

  private int index = -1;

  Node(long[] shape, double magnitude, Node... inputs) {
    this.shape = shape;
    this.magnitude = magnitude;
    this.inputs = List.of(inputs);
  }

  /** Calls the visitor's method for this kind of node. */
  public abstract <R> R accept(Visitor<R> visitor);

  /** Its place in its graph, from 0. */
  public int index() {
    return index;
  }

  void placeAt(int place) {
    index = place;
  }

  /** Channels or features of one example. */
  public long channels() {
    return shape[shape.length - 1];
  }

  /** Numbers of one example. */
  public long length() {
    return Parameter.product(shape);
  }

  /** Shape of n examples. */
  public long[] batch(long n) {
    long[] batch = new long[shape.length + 1];
    batch[0] = n;
    System.arraycopy(shape, 0, batch, 1, shape.length);
    return batch;
  }

  /** What an engine does for each kind of node. */
  public interface Visitor<R> {

    R input(GraphInput node);

    R dense(Dense node);

    R convolution(Convolution node);

    R silu(Silu node);

    R scale(Scale node);

    R shift(Shift node);

    R sum(Sum node);

    R upsample(Upsample node);

    R concatenation(Concatenation node);

    R flatten(Flatten node);

    R attention(Attention node);
  }
}
