package tweedie.network.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import tweedie.network.graph.Attention;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Parameter;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;

/** Makes what computes the values of all nodes for n examples, in the order in which they run. */
final class Forward implements Node.Visitor<Void> {

  final int n;
  final Layout layout;
  private final boolean half;
  final Kernels kernels;
  final Buffers buffers;
  private final Plan plan;
  private final Tensor[] tensors;
  private final Map<Node, ConvolutionKernels> convolutions = new HashMap<>();
  private final Map<Node, NormalizedWeights> weights = new HashMap<>();
  private final Map<Attention, AttentionSteps> attentions = new HashMap<>();
  private final Map<Parameter, memory> factors = new HashMap<>();

  /** What lays out weights, after they are normalised and before the first step. */
  final List<Runnable> preparing = new ArrayList<>();

  final List<Runnable> steps = new ArrayList<>();

  /**
   * @param half whether convolutions multiply numbers in bfloat16
   */
  Forward(
      Graph graph,
      int n,
      Plan plan,
      Layout layout,
      boolean half,
      Kernels kernels,
      Buffers buffers) {
    this.n = n;
    this.plan = plan;
    this.layout = layout;
    this.half = half;
    this.kernels = kernels;
    this.buffers = buffers;
    this.tensors =
        graph.nodes().stream().map(node -> new Tensor(node, n, layout)).toArray(Tensor[]::new);
    for (Tensor tensor : tensors) {
      tensor.readers = plan.readers(tensor.node).size();
      tensor.kept = plan.isKept(tensor.node);
    }
    // before any memory is used again: inputs are written before the first step
    graph.nodes().stream().filter(GraphInput.class::isInstance).forEach(node -> node.accept(this));
    for (Node node : graph.nodes()) {
      if (!(node instanceof GraphInput)) {
        node.accept(this);
      }
      plan.inputs(node).forEach(input -> tensor(input).read());
    }
  }

  Tensor tensor(Node node) {
    return tensors[node.index()];
  }

  ConvolutionKernels kernelsOf(Convolution node) {
    return convolutions.get(node);
  }

  NormalizedWeights weightsOf(Dense node) {
    return weights.get(node);
  }

  /** All normalised weights. */
  Stream<NormalizedWeights> weights() {
    return Stream.concat(
        weights.values().stream(), convolutions.values().stream().map(kernel -> kernel.weights));
  }

  /** Where learned factors are given to oneDNN, as arrays [1, 1]. */
  Map<Parameter, memory> factors() {
    return factors;
  }

  memory factor(Parameter parameter) {
    return factors.computeIfAbsent(
        parameter, key -> Onednn.allocate(Onednn.array(format_tag.ab, 1, 1)));
  }

  private Tensor allocated(Node node) {
    Tensor tensor = tensor(node);
    tensor.value = buffers.take(tensor.floats());
    return tensor;
  }

  /** The node's value takes the place of its input's, which nobody else reads. */
  private Tensor inPlaceOf(Node node, Node input) {
    Tensor tensor = tensor(node);
    tensor.value = tensor(input).value.hold();
    return tensor;
  }

  /** In place of the input where that is not needed any more. */
  private Tensor inPlaceIfFree(Node node, Node input) {
    return plan.isReadOnce(input) && !plan.isKept(input) ? inPlaceOf(node, input) : allocated(node);
  }

  /** Memory of its own, in which what is filled up stays 0: the engine writes it from outside. */
  @Override
  public Void input(GraphInput node) {
    Tensor tensor = allocated(node);
    Onednn.zero(tensor.value.memory, tensor.floats());
    return null;
  }

  @Override
  public Void dense(Dense node) {
    Tensor x = tensor(node.x);
    Tensor plus = plan.addedTo(node).map(this::tensor).orElse(null);
    Tensor out = allocated(node);
    memory.desc desc = Onednn.array(format_tag.ab, x.channels, out.channels);
    NormalizedWeights normalized =
        new NormalizedWeights(
            node.weights, 1, NormalizedWeights.places(node.x.channels()), (int) x.channels, desc);
    weights.put(node, normalized);
    steps.add(
        kernels.product(
            x.desc,
            desc,
            out.desc,
            x.value.memory,
            normalized.array,
            out.value.memory,
            plus == null ? null : plus.value.memory));
    return null;
  }

  @Override
  public Void convolution(Convolution node) {
    Tensor plus = plan.addedTo(node).map(this::tensor).orElse(null);
    Tensor out = allocated(node);
    List<Tensor> inputs = plan.inputs(node).stream().map(this::tensor).toList();
    ConvolutionKernels made = new ConvolutionKernels(kernels, node, inputs, out, half);
    convolutions.put(node, made);
    made.forward(preparing, steps, plus);
    return null;
  }

  @Override
  public Void silu(Silu node) {
    if (plan.isFused(node)) { // its input's step has computed it
      inPlaceOf(node, node.x);
      return null;
    }
    Tensor x = tensor(node.x);
    Tensor out = inPlaceIfFree(node, node.x);
    steps.add(kernels.silu(x.desc, x.value(), out.value()));
    return null;
  }

  @Override
  public Void scale(Scale node) {
    Tensor x = tensor(node.x);
    Tensor out = inPlaceIfFree(node, node.x);
    memory factor = factor(node.factor);
    steps.add(times(x.row(), factor, x.value.memory, out.value.memory));
    return null;
  }

  /** to = factor x. */
  Runnable times(memory.desc row, memory factor, memory x, memory to) {
    memory.desc one = Onednn.array(format_tag.ab, 1, 1);
    return kernels.binary(dnnl_binary_mul, row, one, x, factor, to, false);
  }

  @Override
  public Void shift(Shift node) {
    Tensor x = tensor(node.x);
    Tensor embedding = tensor(node.embedding);
    Tensor out = inPlaceOf(node, node.x);
    boolean thenSilu = plan.readers(node).stream().allMatch(plan::isFused);
    memory.desc images = x.isImage() ? layout.perChannel(n, x.channels, x.pixels()) : x.desc;
    memory.desc shifts = x.isImage() ? layout.perChannel(n, x.channels, 1) : x.desc;
    steps.add(
        kernels.binary(
            dnnl_binary_add,
            images,
            shifts,
            x.value.memory,
            embedding.value.memory,
            out.value.memory,
            thenSilu));
    return null;
  }

  @Override
  public Void sum(Sum node) {
    Tensor trunk = tensor(node.trunk);
    Tensor out = inPlaceOf(node, node.branch);
    if (plan.addedTo(node.branch).isEmpty()) {
      memory branch = tensor(node.branch).value.memory;
      steps.add(kernels.sum(out.desc, branch, trunk.value.memory, out.value.memory));
    }
    return null;
  }

  @Override
  public Void upsample(Upsample node) {
    Tensor x = tensor(node.x);
    Tensor out = allocated(node);
    steps.add(
        kernels.spread(out.desc, x.desc, new long[] {2, 2}, x.value.memory, out.value.memory));
    return null;
  }

  /** Nothing: a convolution of it reads both parts. */
  @Override
  public Void concatenation(Concatenation node) {
    return null;
  }

  @Override
  public Void attention(Attention node) {
    AttentionSteps made = new AttentionSteps(node, n, tensor(node.x), allocated(node));
    attentions.put(node, made);
    steps.add(made.forward());
    return null;
  }

  AttentionSteps stepsOf(Attention node) {
    return attentions.get(node);
  }

  @Override
  public Void flatten(Flatten node) {
    throw new UnsupportedOperationException("Only classifiers flatten, which run in ND4J");
  }
}
