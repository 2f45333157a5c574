package tweedie.network.graph;

/**
 * A convolution with normalised weights, "same" padding and no bias; its output has magnitude
 * {@code gain}.
 */
public final class Convolution extends Node {

  private final Node x;
  private final int stride;
  private final NormalizedWeight weight;
  private Operation forward;
  private Operation backward;
  private Claim claim;

  public Convolution(
      Graph graph, Node x, String name, int kernel, int stride, long out, double gain) {
    super(new long[] {strided(x.shape[0], stride), strided(x.shape[1], stride), out}, gain);
    this.x = x;
    this.stride = stride;
    double initialStd = 1 / Math.sqrt((double) kernel * kernel * x.channels());
    this.weight =
        new NormalizedWeight(
            graph.parameter(name, initialStd, kernel, kernel, x.channels(), out),
            gain / x.magnitude);
  }

  /** "Same" padding leaves ceil(size / stride) pixels. */
  private static long strided(long size, int stride) {
    return (size + stride - 1) / stride;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    weight.allocate();
    forward = Ops.convolution(x.value, weight.effective, stride, value);
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
    boolean square = x.shape[0] == x.shape[1];
    if (!weight.learned() && square) {
      backward =
          Ops.convolutionInputBackward(x.value, weight.effective, stride, gradient, claim.array());
    } else {
      weight.allocateBackward();
      backward =
          Ops.convolutionBackward(
              x.value, weight.effective, stride, gradient, claim.array(), weight.effectiveGradient);
    }
  }

  @Override
  void forward() {
    weight.forward();
    forward.run();
  }

  @Override
  void backward() {
    backward.run();
    claim.written();
    if (weight.learned()) {
      weight.backward();
    }
  }

  @Override
  void release() {
    super.release();
    weight.release();
  }
}
