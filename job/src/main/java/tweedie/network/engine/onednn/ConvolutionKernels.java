package tweedie.network.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_auto;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import tweedie.network.engine.onednn.Onednn.Arguments;
import tweedie.network.graph.Convolution;

/**
 * A convolution of the channels of one input, or of several that count as joined by their channels:
 * a convolution for each of them, all of which add to one output.
 */
final class ConvolutionKernels {

  private final Kernels kernels;
  private final Tensor out;
  private final boolean half;
  private memory ofOut;
  private final long[] stride;
  private final long[] before;
  private final long[] after;
  private final memory.desc allWeights;
  private final List<Part> parts = new ArrayList<>();
  final NormalizedWeights weights;

  /** One input and the weights of its channels. */
  private final class Part {
    final Tensor x;
    final memory.desc weightDesc;
    final memory.desc any;
    final memory.desc seen;
    final memory plainWeights;
    final long[] dimensions;
    final long[] offset;
    convolution_forward.primitive_desc forward;
    memory forwardWeights;
    memory source;

    Part(Tensor x, long channelsBefore, long kernel) {
      this.x = x;
      dimensions = new long[] {out.channels, x.channels, kernel, kernel};
      offset = new long[] {0, channelsBefore, 0, 0};
      weightDesc = allWeights.submemory_desc(dimensions, offset);
      any = new memory.desc(dimensions, type(), format_tag.any);
      seen = half ? x.half() : x.desc;
      plainWeights = Onednn.view(weightDesc, weights.array);
    }
  }

  /**
   * @param half whether images and weights are rounded to bfloat16 before they are multiplied
   */
  ConvolutionKernels(
      Kernels kernels, Convolution node, List<Tensor> inputs, Tensor out, boolean half) {
    this.kernels = kernels;
    this.out = out;
    this.half = half;
    this.stride = new long[] {node.stride, node.stride};
    long[] rows = node.padding(0);
    long[] columns = node.padding(1);
    this.before = new long[] {rows[0], columns[0]};
    this.after = new long[] {rows[1], columns[1]};
    long among = inputs.stream().mapToLong(x -> x.channels).sum();
    this.allWeights = Onednn.array(format_tag.hwio, out.channels, among, node.kernel, node.kernel);
    this.weights =
        new NormalizedWeights(
            node.weights,
            node.kernel * node.kernel,
            NormalizedWeights.places(inputs.stream().mapToLong(x -> x.node.channels()).toArray()),
            (int) among,
            allWeights);
    long channels = 0;
    for (Tensor x : inputs) {
      parts.add(new Part(x, channels, node.kernel));
      channels += x.channels;
    }
  }

  /**
   * Makes the forward convolutions.
   *
   * @param preparing receives what lays out new weights
   * @param steps receives what computes
   * @param plus what is added to the output; null for nothing
   */
  void forward(List<Runnable> preparing, List<Runnable> steps, Tensor plus) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      boolean adds = i == parts.size() - 1 && plus != null;
      part.forward = forward(part, i > 0, false);
      // oneDNN adds while it writes in its direct convolutions alone, and Winograd's are faster
      boolean addsWhileItWrites =
          adds && !part.forward.impl_info_str().getString().contains("wino");
      if (addsWhileItWrites) {
        part.forward = forward(part, i > 0, true);
      }
      kernels.chosen("convolution", part.forward);
      part.forwardWeights = laidOut(part, part.forward.weights_desc(), preparing);
      part.source = half ? rounded(part.x.value(), part.seen, steps) : part.x.value();
      Arguments arguments =
          new Arguments()
              .with(DNNL_ARG_SRC, part.source)
              .with(DNNL_ARG_WEIGHTS, part.forwardWeights)
              .with(DNNL_ARG_DST, out.value())
              .with(DNNL_ARG_SCRATCHPAD, kernels.scratch(part.forward));
      if (addsWhileItWrites) {
        arguments.with(Kernels.postOp(i > 0 ? 1 : 0), plus.value());
      }
      steps.add(Onednn.step(new convolution_forward(part.forward), arguments));
      if (adds && !addsWhileItWrites) {
        steps.add(kernels.sum(out.desc, out.value(), plus.value(), out.value()));
      }
    }
  }

  private convolution_forward.primitive_desc forward(Part part, boolean sums, boolean adds) {
    post_ops then = new post_ops();
    if (sums) {
      then.append_sum();
    }
    if (adds) {
      then.append_binary(dnnl_binary_add, out.desc);
    }
    primitive_attr attributes = Kernels.attributes();
    attributes.set_post_ops(then);
    return new convolution_forward.primitive_desc(
        new convolution_forward.desc(
            dnnl_forward_training,
            algorithm(),
            part.seen,
            part.any,
            out.desc,
            stride,
            before,
            after),
        attributes,
        Onednn.CPU);
  }

  private static memory laidOut(Part part, memory.desc desc, List<Runnable> preparing) {
    memory array = Onednn.allocate(desc);
    preparing.add(Onednn.copy(part.plainWeights, array));
    return array;
  }

  /** To be called before the gradients are made, with that of the output in its place. */
  void beginBackward(List<Runnable> steps) {
    ofOut = half ? rounded(out.gradient(), out.half(), steps) : out.gradient();
  }

  private memory.desc seen() {
    return half ? out.half() : out.desc;
  }

  private memory.data_type type() {
    return half ? memory.data_type.bf16 : memory.data_type.f32;
  }

  /** There is no Winograd of bfloat16. */
  private int algorithm() {
    return half ? dnnl_convolution_direct : dnnl_convolution_auto;
  }

  private static memory rounded(memory images, memory.desc desc, List<Runnable> steps) {
    memory rounded = Onednn.allocate(desc);
    steps.add(Onednn.copy(images, rounded));
    return rounded;
  }

  /** Makes the gradient with respect to input number i, which goes to an array of its layout. */
  Runnable ofInput(int i, memory to, List<Runnable> preparing) {
    Part part = parts.get(i);
    convolution_backward_data.primitive_desc backward =
        new convolution_backward_data.primitive_desc(
            new convolution_backward_data.desc(
                algorithm(), part.x.desc, part.any, seen(), stride, before, after),
            Kernels.attributes(),
            Onednn.CPU,
            part.forward);
    kernels.chosen("convolution backward data", backward);
    memory ofWeights =
        Onednn.same(backward.weights_desc(), part.forward.weights_desc())
            ? part.forwardWeights
            : laidOut(part, backward.weights_desc(), preparing);
    return Onednn.step(
        new convolution_backward_data(backward),
        new Arguments()
            .with(DNNL_ARG_DIFF_DST, ofOut)
            .with(DNNL_ARG_WEIGHTS, ofWeights)
            .with(DNNL_ARG_DIFF_SRC, to)
            .with(DNNL_ARG_SCRATCHPAD, kernels.scratch(backward)));
  }

  /** Makes the gradient with respect to the weights of all inputs. */
  void ofWeights(List<Runnable> steps) {
    weights.learn(allWeights);
    for (Part part : parts) {
      memory.desc exact = Onednn.array(format_tag.any, part.dimensions);
      convolution_backward_weights.primitive_desc backward =
          new convolution_backward_weights.primitive_desc(
              new convolution_backward_weights.desc(
                  algorithm(), part.seen, exact, seen(), stride, before, after),
              Kernels.attributes(),
              Onednn.CPU,
              part.forward);
      kernels.chosen("convolution backward weights", backward);
      memory gradient = Onednn.allocate(backward.diff_weights_desc());
      steps.add(
          Onednn.step(
              new convolution_backward_weights(backward),
              new Arguments()
                  .with(DNNL_ARG_SRC, part.source)
                  .with(DNNL_ARG_DIFF_DST, ofOut)
                  .with(DNNL_ARG_DIFF_WEIGHTS, gradient)
                  .with(DNNL_ARG_SCRATCHPAD, kernels.scratch(backward))));
      steps.add(Onednn.copy(gradient, Onednn.view(part.weightDesc, weights.gradient)));
    }
  }
}
