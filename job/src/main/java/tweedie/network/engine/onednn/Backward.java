package tweedie.network.engine.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.javacpp.FloatPointer;
import tweedie.network.graph.Attention;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;

/**
 * Makes what gives the gradient of the output on to all nodes that lead to what is asked for: the
 * parameters, or the first input. Nodes are visited in the order in which it runs, the reverse of
 * the forward pass.
 */
final class Backward implements Node.Visitor<Void> {

  private final Forward forward;
  private final Plan plan;
  private final float[] gradients;
  private final boolean[] asked;
  final List<Runnable> steps = new ArrayList<>();

  /**
   * Makes the steps.
   *
   * @param gradients receives those of the parameters, [P]; null to compute that of the first input
   */
  Backward(Graph graph, Forward forward, Plan plan, float[] gradients) {
    this.forward = forward;
    this.plan = plan;
    this.gradients = gradients;
    this.asked = asked(graph);
    Tensor output = forward.tensor(graph.output());
    output.gradient = forward.buffers.take(output.floats());
    Onednn.zero(output.gradient.memory, output.floats());
    output.gradient.hold(); // written from outside in each step, so nobody else may have it
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (asked[i] && !(node instanceof GraphInput)) {
        node.accept(this);
        if (forward.tensor(node).gradient != null) {
          forward.tensor(node).gradient.release();
        }
      }
    }
  }

  /** Whether the gradient of a node's value leads to one that is asked for. */
  private boolean[] asked(Graph graph) {
    boolean[] leads = new boolean[graph.nodes().size()];
    boolean first = true;
    for (Node node : graph.nodes()) {
      boolean ofInput = node instanceof GraphInput && first && gradients == null;
      first &= !(node instanceof GraphInput);
      boolean hasWeights =
          node instanceof Convolution || node instanceof Dense || node instanceof Scale;
      leads[node.index()] =
          ofInput
              || (hasWeights && gradients != null)
              || node.inputs.stream().anyMatch(input -> leads[input.index()]);
    }
    return leads;
  }

  private boolean isAsked(Node node) {
    return asked[node.index()];
  }

  private Tensor tensor(Node node) {
    return forward.tensor(node);
  }

  /** Computes a part of a gradient and adds it to what other readers have given. */
  private interface Part {
    Runnable to(memory array);
  }

  private void give(Node input, Part part) {
    if (!isAsked(input)) {
      return;
    }
    Tensor x = tensor(input);
    if (x.gradient == null) {
      x.gradient = forward.buffers.take(x.floats());
      steps.add(part.to(x.gradient.memory));
      return;
    }
    Buffers.Buffer more = forward.buffers.take(x.floats());
    steps.add(part.to(more.memory));
    steps.add(forward.kernels.sum(x.desc, x.gradient.memory, more.memory, x.gradient.memory));
    more.release();
  }

  /**
   * Gives an input the very gradient of the node: it uses the same array where it is the first to
   * give one. What other readers add later goes there too, and all else that reads it must have had
   * its turn by then.
   */
  private void share(Node input, Tensor out) {
    if (!isAsked(input)) {
      return;
    }
    Tensor x = tensor(input);
    if (x.gradient == null) {
      x.gradient = out.gradient.hold();
    } else {
      steps.add(
          forward.kernels.sum(x.desc, x.gradient.memory, out.gradient.memory, x.gradient.memory));
    }
  }

  @Override
  public Void input(GraphInput node) {
    return null;
  }

  @Override
  public Void dense(Dense node) {
    Tensor x = tensor(node.x);
    Tensor out = tensor(node);
    NormalizedWeights weights = forward.weightsOf(node);
    if (gradients != null) {
      memory.desc desc = Onednn.array(format_tag.ab, x.channels, out.channels);
      weights.learn(desc);
      memory.desc transposed = Onednn.array(format_tag.ba, x.channels, forward.n);
      steps.add(
          forward.kernels.product(
              transposed,
              out.desc,
              desc,
              x.value.memory,
              out.gradient.memory,
              weights.gradient,
              null));
      steps.add(() -> weights.unnormalize(gradients));
    }
    memory.desc transposed = Onednn.array(format_tag.ba, out.channels, x.channels);
    give(
        node.x,
        to ->
            forward.kernels.product(
                out.desc, transposed, x.desc, out.gradient.memory, weights.array, to, null));
    return null;
  }

  @Override
  public Void convolution(Convolution node) {
    ConvolutionKernels kernels = forward.kernelsOf(node);
    kernels.beginBackward(steps);
    List<Node> inputs = plan.inputs(node);
    for (int i = 0; i < inputs.size(); i++) {
      int part = i;
      memory.desc desc = tensor(inputs.get(i)).desc;
      give(inputs.get(i), to -> kernels.ofInput(part, Onednn.view(desc, to), forward.preparing));
    }
    if (gradients != null) {
      kernels.ofWeights(steps);
      steps.add(() -> kernels.weights.unnormalize(gradients));
    }
    return null;
  }

  @Override
  public Void silu(Silu node) {
    Tensor x = tensor(node.x);
    give(
        node.x,
        to ->
            forward.kernels.siluBackward(
                x.desc, x.value(), tensor(node).gradient(), Onednn.view(x.desc, to)));
    return null;
  }

  @Override
  public Void scale(Scale node) {
    Tensor x = tensor(node.x);
    Tensor out = tensor(node);
    if (gradients != null) {
      FloatPointer values = Onednn.floats(x.value.memory);
      FloatPointer ofOut = Onednn.floats(out.gradient.memory);
      int offset = (int) node.factor.offset;
      steps.add(() -> gradients[offset] = (float) Onednn.dot(values, ofOut, x.floats()));
    }
    memory factor = forward.factor(node.factor);
    give(node.x, to -> forward.times(x.row(), factor, out.gradient.memory, to));
    return null;
  }

  @Override
  public Void shift(Shift node) {
    Tensor out = tensor(node);
    Tensor embedding = tensor(node.embedding);
    if (out.isImage()) {
      long[] window = {node.shape[0], node.shape[1]};
      memory.desc means = forward.layout.images(forward.n, out.channels, 1, 1);
      give(
          node.embedding,
          to -> {
            Runnable mean = forward.kernels.mean(out.desc, means, window, out.gradient.memory, to);
            Runnable sum =
                forward.kernels.times(
                    embedding.desc, out.pixels(), Onednn.view(embedding.desc, to));
            return () -> {
              mean.run();
              sum.run();
            };
          });
      share(node.x, out);
    } else {
      share(node.x, out);
      give(node.embedding, to -> Onednn.copy(out.gradient(), Onednn.view(embedding.desc, to)));
    }
    return null;
  }

  /**
   * The trunk was there before the branch, so backward the branch has read the gradient by the time
   * that the trunk's other readers add to it.
   */
  @Override
  public Void sum(Sum node) {
    share(node.branch, tensor(node));
    share(node.trunk, tensor(node));
    return null;
  }

  @Override
  public Void upsample(Upsample node) {
    Tensor x = tensor(node.x);
    Tensor out = tensor(node);
    give(
        node.x,
        to -> forward.kernels.mean(out.desc, x.desc, new long[] {2, 2}, out.gradient.memory, to));
    return null;
  }

  /** Nothing: the convolution has given each part its gradient. */
  @Override
  public Void concatenation(Concatenation node) {
    return null;
  }

  @Override
  public Void attention(Attention node) {
    give(node.x, to -> forward.stepsOf(node).backward(to));
    return null;
  }

  @Override
  public Void flatten(Flatten node) {
    throw new UnsupportedOperationException("Only classifiers flatten, which run in ND4J");
  }
}
