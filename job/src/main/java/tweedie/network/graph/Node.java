package tweedie.network.graph;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One operation of a network on arrays that are allocated once for a batch size and then used again
 * in every step.
 *
 * <p>{@link #forward()} computes {@link #value} from the values of the inputs. {@link #backward()}
 * takes the gradient of the loss with respect to the value and gives it on to the inputs and
 * parameters. Nodes run in the order in which they were built and backwards in the reverse order,
 * so the gradient of a node is complete when its turn comes.
 */
public abstract class Node {

  /** Shape of one example: [height, width, channels] or [features]. */
  final long[] shape;

  /**
   * Expected root mean square of the value at the start of training, which the next convolution
   * divides out.
   */
  public final double magnitude;

  private final List<INDArray> owned = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();
  private List<Operation> forward = List.of();
  private List<Operation> backward = List.of();
  public INDArray value;
  public INDArray gradient;
  private boolean gradientWritten;

  Node(long[] shape, double magnitude) {
    this.shape = shape;
    this.magnitude = magnitude;
  }

  /** The operations that write {@link #value}, in order. */
  abstract List<Operation> computing(int n);

  /**
   * The operations that write the gradients of the inputs from {@link #gradient}, in order; each
   * into the array that {@link #gradientOf} says.
   */
  abstract List<Operation> propagating(int n);

  /** Where this node has to write its part of the gradient of an input. */
  final INDArray gradientOf(Node input, int n) {
    Claim claim = input.claim(n);
    claims.add(claim);
    return claim.array();
  }

  /** Creates the value for n examples and whatever forward needs. */
  final void allocate(int n) {
    value = array(batch(n));
    forward = computing(n);
  }

  /**
   * Creates whatever backward needs. Called in the order of the backward pass, after {@link
   * #allocate}: all consumers of this node have claimed their part of its gradient before. Neither
   * called nor followed by {@link #backward} where none did.
   */
  final void allocateBackward(int n) {
    claims.clear();
    backward = propagating(n);
  }

  void forward() {
    forward.forEach(Operation::run);
  }

  void backward() {
    backward.forEach(Operation::run);
    claims.forEach(Claim::written);
  }

  /** Channels or features of one example. */
  public long channels() {
    return shape[shape.length - 1];
  }

  long[] batch(int n) {
    long[] batch = new long[shape.length + 1];
    batch[0] = n;
    System.arraycopy(shape, 0, batch, 1, shape.length);
    return batch;
  }

  /** An array of this node, freed with it. */
  INDArray array(long... dimensions) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, dimensions, 'c');
    owned.add(array);
    return array;
  }

  /** One number of this node, freed with it. */
  INDArray scalar(float number) {
    INDArray scalar = Nd4j.scalar(number);
    owned.add(scalar);
    return scalar;
  }

  /**
   * The part of one consumer in the gradient of this node. The consumer that comes first in the
   * backward pass writes the gradient itself; later ones write an array of their own, which is
   * added.
   */
  Claim claim(int n) {
    if (!gradientWritten) {
      gradientWritten = true;
      gradient = array(batch(n));
      return new Claim(gradient, null);
    }
    INDArray part = array(batch(n));
    return new Claim(part, Operation.of("add", gradient, gradient, part));
  }

  /**
   * Lets this node use the gradient array of its consumer where its own gradient is the same
   * numbers; what other consumers add later goes there too, so all else that reads the array must
   * have its turn before them.
   *
   * @return whether it does; otherwise the consumer has to add its gradient to this one's
   */
  boolean share(INDArray consumersGradient) {
    if (gradientWritten) {
      return false;
    }
    gradientWritten = true;
    gradient = consumersGradient;
    return true;
  }

  /** Frees all arrays. */
  final void release() {
    owned.forEach(INDArray::close);
    owned.clear();
    value = null;
    gradient = null;
    gradientWritten = false;
  }

  /**
   * Where a consumer writes its part of a gradient.
   *
   * @param array the array to write
   * @param sum adds it to the gradient, or null where it is the gradient
   */
  record Claim(INDArray array, Operation sum) {

    void written() {
      if (sum != null) {
        sum.run();
      }
    }
  }
}
