package tweedie.network.graph;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A node that computes its value, and the gradients of its inputs, by native operations. */
abstract class NativeNode extends Node {

  private final List<Claim> claims = new ArrayList<>();
  private List<Operation> forward = List.of();
  private List<Operation> backward = List.of();

  NativeNode(long[] shape, double magnitude) {
    super(shape, magnitude);
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

  @Override
  void allocate(int n) {
    super.allocate(n);
    forward = computing(n);
  }

  @Override
  void allocateBackward(int n) {
    claims.clear();
    backward = propagating(n);
  }

  @Override
  void forward() {
    forward.forEach(Operation::run);
  }

  @Override
  void backward() {
    backward.forEach(Operation::run);
    claims.forEach(Claim::written);
  }
}
