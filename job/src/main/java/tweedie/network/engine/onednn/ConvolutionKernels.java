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
import java.util.Arrays;
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

  /** So many channels of input gain more than a pass over the output costs. */
  private static final int MANY = 64;

  private final Kernels kernels;
  private final Tensor out;
  private final boolean half;
  private memory ofOut;
  private final long[] stride;
  private final long[] before;
  private final long[] after;
  private final long among;
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
    this.among = inputs.stream().mapToLong(x -> x.channels).sum();
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
      part.source = half ? rounded(part.x.value(), part.seen, steps) : part.x.value();
      boolean turns = i == 0 && isFasterTurned(part, adds);
      // oneDNN adds while it writes in its direct convolutions alone, and Winograd's are faster
      boolean addsWhileItWrites =
          adds && !turns && !part.forward.impl_info_str().getString().contains("wino");
      if (turns) {
        steps.add(turned(part, preparing));
      } else {
        steps.add(convolved(part, i > 0, addsWhileItWrites ? plus : null, preparing));
      }
      if (adds && !addsWhileItWrites) {
        steps.add(kernels.sum(out.desc, out.value(), plus.value(), out.value()));
      }
    }
  }

  private Runnable convolved(Part part, boolean sums, Tensor plus, List<Runnable> preparing) {
    if (plus != null) {
      part.forward = forward(part, sums, true);
    }
    kernels.chosen("convolution", part.forward);
    part.forwardWeights = laidOut(part, part.forward.weights_desc(), preparing);
    Arguments arguments =
        new Arguments()
            .with(DNNL_ARG_SRC, part.source)
            .with(DNNL_ARG_WEIGHTS, part.forwardWeights)
            .with(DNNL_ARG_DST, out.value())
            .with(DNNL_ARG_SCRATCHPAD, kernels.scratch(part.forward));
    if (plus != null) {
      arguments.with(Kernels.postOp(sums ? 1 : 0), plus.value());
    }
    return Onednn.step(new convolution_forward(part.forward), arguments);
  }

  /**
   * Whether a convolution is faster as a gradient of images. With AVX2 (2.5.2, AMD Zen 3, 8 to 256
   * channels, 4 to 64 pixels) those are 1.0 to 2.1 times as fast, most where there are many
   * channels; they cannot add while they write, which a pass over few channels would cost more than
   * it gains.
   */
  private boolean isFasterTurned(Part part, boolean adds) {
    long kernel = part.dimensions[2];
    boolean same = kernel > 1 && 2 * before[0] == kernel - 1 && Arrays.equals(before, after);
    return Layout.BLOCK == 8
        && stride[0] == 1
        && same
        && before[0] == before[1]
        && (!adds || part.x.channels >= MANY);
  }

  /** The convolution as the gradient of images of one whose weights are these turned around. */
  private Runnable turned(Part part, List<Runnable> preparing) {
    long kernel = part.dimensions[2];
    long[] dimensions = {part.x.channels, out.channels, kernel, kernel};
    memory.desc any = Onednn.array(format_tag.any, dimensions);
    convolution_backward_data.primitive_desc backward =
        imageGradient(
            out.desc,
            any,
            part.x.desc,
            described(out.desc, any, part.x.desc, Kernels.attributes()));
    kernels.chosen("convolution", backward);
    memory turned = Onednn.allocate(backward.weights_desc());
    long[] ofPixel = {part.x.channels, out.channels, 1, 1};
    memory.desc pixel = Onednn.strided(ofPixel, new long[] {out.channels, 1, 1, 1});
    for (long row = 0; row < kernel; row++) {
      for (long column = 0; column < kernel; column++) {
        long[] turnedTo = {0, 0, kernel - 1 - row, kernel - 1 - column};
        long inputs = (row * kernel + column) * among + part.offset[1];
        long from = inputs * out.channels;
        memory.desc place = backward.weights_desc().submemory_desc(ofPixel, turnedTo);
        preparing.add(
            Onednn.copy(Onednn.view(pixel, weights.array, from), Onednn.view(place, turned)));
      }
    }
    return step(backward, part.source, turned, out.value());
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
    return described(part.seen, part.any, out.desc, attributes);
  }

  private convolution_forward.primitive_desc described(
      memory.desc from, memory.desc weights, memory.desc to, primitive_attr attributes) {
    return new convolution_forward.primitive_desc(
        new convolution_forward.desc(
            dnnl_forward_training, algorithm(), from, weights, to, stride, before, after),
        attributes,
        Onednn.CPU);
  }

  /** The gradient of images, given that of an output. */
  private convolution_backward_data.primitive_desc imageGradient(
      memory.desc images,
      memory.desc weights,
      memory.desc output,
      convolution_forward.primitive_desc forward) {
    return new convolution_backward_data.primitive_desc(
        new convolution_backward_data.desc(
            algorithm(), images, weights, output, stride, before, after),
        Kernels.attributes(),
        Onednn.CPU,
        forward);
  }

  private Runnable step(
      convolution_backward_data.primitive_desc backward, memory from, memory weights, memory to) {
    return Onednn.step(
        new convolution_backward_data(backward),
        new Arguments()
            .with(DNNL_ARG_DIFF_DST, from)
            .with(DNNL_ARG_WEIGHTS, weights)
            .with(DNNL_ARG_DIFF_SRC, to)
            .with(DNNL_ARG_SCRATCHPAD, kernels.scratch(backward)));
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
        imageGradient(part.x.desc, part.any, seen(), part.forward);
    kernels.chosen("convolution backward data", backward);
    memory ofWeights =
        part.forwardWeights != null
                && Onednn.same(backward.weights_desc(), part.forward.weights_desc())
            ? part.forwardWeights
            : laidOut(part, backward.weights_desc(), preparing);
    return step(backward, ofOut, ofWeights, to);
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
