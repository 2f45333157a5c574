package tweedie.network.engine.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.graph.Node;

/** The arrays of one node for one batch size, allocated once and then used again in every step. */
final class Cell {

  final Node node;
  final int n;
  final INDArray value;

  /** The gradient of the loss with respect to the value; null where nobody asks for it. */
  INDArray gradient;

  /** The sigmoid of a SiLU. */
  INDArray sigmoid;

  /** The normalised weights of a node that has some, in the shape of the raw ones; its factor. */
  INDArray weight;

  /** Lengths of the raw weights over the length of the normalised ones, [1, outputs]. */
  INDArray lengths;

  private final List<INDArray> owned = new ArrayList<>();

  Cell(Node node, int n) {
    this.node = node;
    this.n = n;
    this.value = array(node.batch(n));
  }

  /** An array that is freed with this. */
  INDArray array(long... dimensions) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, dimensions, 'c');
    owned.add(array);
    return array;
  }

  /** One number that is freed with this. */
  INDArray scalar(double number) {
    INDArray scalar = Nd4j.scalar((float) number);
    owned.add(scalar);
    return scalar;
  }

  /**
   * Where a consumer has to write its part of the gradient: the consumer that comes first in the
   * backward pass writes the gradient itself, later ones an array of their own, which is added.
   *
   * @param sums receives the operation that adds it, for after the consumer's own
   */
  INDArray claim(List<Operation> sums) {
    if (gradient == null) {
      gradient = array(node.batch(n));
      return gradient;
    }
    INDArray part = array(node.batch(n));
    sums.add(Operation.of("add", gradient, gradient, part));
    return part;
  }

  /**
   * Uses the gradient array of the consumer where this one's gradient is the same numbers; what
   * other consumers add later goes there too, so all else that reads the array must have its turn
   * before them.
   *
   * @return whether it does; otherwise the consumer has to add its gradient to this one's
   */
  boolean share(INDArray consumersGradient) {
    if (gradient != null) {
      return false;
    }
    gradient = consumersGradient;
    return true;
  }

  void release() {
    owned.forEach(INDArray::close);
    owned.clear();
  }
}
