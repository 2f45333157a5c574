package tweedie.network.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_swish;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_include_padding;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.scratchpad_mode;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.javacpp.Pointer;
import tweedie.network.engine.onednn.Onednn.Arguments;

/**
 * oneDNN's primitives in the forms that networks need, and which of its implementations they are.
 */
final class Kernels {

  private final Set<String> implementations = new TreeSet<>();
  private final List<memory> scratch = new ArrayList<>();
  private long mostScratch;

  /** What oneDNN calls the code that it chose, with what it is used for. */
  Set<String> implementations() {
    return implementations;
  }

  void chosen(String use, primitive_desc_base description) {
    implementations.add(use + " " + description.impl_info_str().getString());
  }

  /**
   * Has a primitive work in {@link #scratch}. What oneDNN gives it otherwise is of the thread, and
   * Winograd's convolutions (2.5.2, AVX-512) find nothing there once others have come and gone.
   */
  static primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(scratchpad_mode.user);
    return attributes;
  }

  /** Where a primitive works: all of these in the same place, {@link #allocateScratch}. */
  memory scratch(primitive_desc_base description) {
    memory.desc desc = description.scratchpad_desc();
    memory array = new memory(desc, Onednn.CPU, new Pointer());
    scratch.add(array);
    mostScratch = Math.max(mostScratch, desc.get_size());
    return array;
  }

  /** To be called when all is made, and before anything runs. */
  void allocateScratch() {
    if (mostScratch > 0) {
      Pointer place = Onednn.bytes(mostScratch).get_data_handle();
      scratch.forEach(array -> array.set_data_handle(place));
    }
  }

  private static eltwise_forward.primitive_desc elementwise(
      int algorithm, memory.desc desc, float alpha) {
    return new eltwise_forward.primitive_desc(
        new eltwise_forward.desc(dnnl_forward_training, algorithm, desc, alpha, 0), Onednn.CPU);
  }

  /** to = x sigmoid(x). */
  Runnable silu(memory.desc desc, memory x, memory to) {
    eltwise_forward.primitive_desc forward = elementwise(dnnl_eltwise_swish, desc, 1);
    chosen("silu", forward);
    return Onednn.step(
        new eltwise_forward(forward), new Arguments().with(DNNL_ARG_SRC, x).with(DNNL_ARG_DST, to));
  }

  /** to = gradient times the derivative of x sigmoid(x). */
  Runnable siluBackward(memory.desc desc, memory x, memory gradient, memory to) {
    eltwise_backward.primitive_desc backward =
        new eltwise_backward.primitive_desc(
            new eltwise_backward.desc(dnnl_eltwise_swish, desc, desc, 1, 0),
            Onednn.CPU,
            elementwise(dnnl_eltwise_swish, desc, 1));
    chosen("silu backward", backward);
    return Onednn.step(
        new eltwise_backward(backward),
        new Arguments()
            .with(DNNL_ARG_SRC, x)
            .with(DNNL_ARG_DIFF_DST, gradient)
            .with(DNNL_ARG_DIFF_SRC, to));
  }

  /** x = number x. */
  Runnable times(memory.desc desc, float number, memory x) {
    eltwise_forward.primitive_desc forward = elementwise(dnnl_eltwise_linear, desc, number);
    chosen("times", forward);
    return Onednn.step(
        new eltwise_forward(forward), new Arguments().with(DNNL_ARG_SRC, x).with(DNNL_ARG_DST, x));
  }

  /** to = a op b, where b may be shorter in some dimensions; then the SiLU of it if asked for. */
  Runnable binary(
      int operation,
      memory.desc a,
      memory.desc b,
      memory first,
      memory second,
      memory to,
      boolean silu) {
    primitive_attr attributes = attributes();
    if (silu) {
      post_ops then = new post_ops();
      then.append_eltwise(1, dnnl_eltwise_swish, 1, 0);
      attributes.set_post_ops(then);
    }
    binary.primitive_desc description =
        new binary.primitive_desc(new binary.desc(operation, a, b, a), attributes, Onednn.CPU);
    chosen("binary", description);
    return Onednn.step(
        new binary(description),
        new Arguments()
            .with(DNNL_ARG_SRC_0, Onednn.view(a, first))
            .with(DNNL_ARG_SRC_1, Onednn.view(b, second))
            .with(DNNL_ARG_DST, Onednn.view(a, to))
            .with(DNNL_ARG_SCRATCHPAD, scratch(description)));
  }

  /** to = a + b, two arrays of one layout. */
  Runnable sum(memory.desc desc, memory first, memory second, memory to) {
    return binary(dnnl_binary_add, desc, desc, first, second, to, false);
  }

  /** to = a b, then the sum with an array of its shape where that is not null. */
  Runnable product(
      memory.desc a,
      memory.desc b,
      memory.desc out,
      memory first,
      memory second,
      memory to,
      memory plus) {
    primitive_attr attributes = attributes();
    if (plus != null) {
      post_ops then = new post_ops();
      then.append_binary(dnnl_binary_add, out);
      attributes.set_post_ops(then);
    }
    matmul.primitive_desc description =
        new matmul.primitive_desc(new matmul.desc(a, b, out), attributes, Onednn.CPU);
    chosen("product", description);
    Arguments arguments =
        new Arguments()
            .with(DNNL_ARG_SRC, Onednn.view(a, first))
            .with(DNNL_ARG_WEIGHTS, Onednn.view(b, second))
            .with(DNNL_ARG_DST, Onednn.view(out, to))
            .with(DNNL_ARG_SCRATCHPAD, scratch(description));
    if (plus != null) {
      arguments.with(postOp(0), Onednn.view(out, plus));
    }
    return Onednn.step(new matmul(description), arguments);
  }

  /** The role of the second array of a binary operation that follows a primitive as its number. */
  static int postOp(int number) {
    return DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (number + 1) | DNNL_ARG_SRC_1;
  }

  private static pooling_forward.primitive_desc pooling(
      memory.desc images, memory.desc means, long[] window) {
    return new pooling_forward.primitive_desc(
        new pooling_forward.desc(
            dnnl_forward_inference,
            dnnl_pooling_avg_include_padding,
            images,
            means,
            window,
            window,
            new long[2],
            new long[2]),
        Onednn.CPU);
  }

  /** means = the mean over each window of the images. */
  Runnable mean(memory.desc images, memory.desc means, long[] window, memory from, memory to) {
    pooling_forward.primitive_desc description = pooling(images, means, window);
    chosen("mean", description);
    return Onednn.step(
        new pooling_forward(description),
        new Arguments()
            .with(DNNL_ARG_SRC, Onednn.view(images, from))
            .with(DNNL_ARG_DST, Onednn.view(means, to)));
  }

  /** The adjoint of {@link #mean}: its share of a number to each pixel of its window. */
  Runnable spread(memory.desc images, memory.desc means, long[] window, memory from, memory to) {
    pooling_backward.primitive_desc description =
        new pooling_backward.primitive_desc(
            new pooling_backward.desc(
                dnnl_pooling_avg_include_padding,
                images,
                means,
                window,
                window,
                new long[2],
                new long[2]),
            Onednn.CPU,
            pooling(images, means, window));
    chosen("spread", description);
    return Onednn.step(
        new pooling_backward(description),
        new Arguments()
            .with(DNNL_ARG_DIFF_DST, Onednn.view(means, from))
            .with(DNNL_ARG_DIFF_SRC, Onednn.view(images, to)));
  }
}
