package tweedie.network.engine.onednn;

import org.bytedeco.dnnl.memory;
import tweedie.network.graph.Node;

/**
 * The value and gradient of one node for n examples: images in the network's {@link Layout},
 * vectors [n, features], both with channels filled up with zeros to whole blocks.
 */
final class Tensor {

  final Node node;

  /** Channels or features, filled up. */
  final long channels;

  /** Dimensions and layout with all that is filled up. */
  final memory.desc desc;

  Buffers.Buffer value;
  Buffers.Buffer gradient;

  /** How many operations have still to read the value. */
  int readers;

  /** Whether the value is read by the backward pass, or from outside. */
  boolean kept;

  private final int n;
  private final Layout layout;

  Tensor(Node node, int n, Layout layout) {
    this.node = node;
    this.n = n;
    this.layout = layout;
    this.channels = Layout.wide(node.channels());
    this.desc = describe(channels);
  }

  private memory.desc describe(long c) {
    if (!isImage()) {
      return Onednn.strided(new long[] {n, c}, new long[] {channels, 1});
    }
    return layout.images(n, c, node.shape[0], node.shape[1]);
  }

  boolean isImage() {
    return node.shape.length == 3;
  }

  /** Pixels of one example; 1 for a vector. */
  long pixels() {
    return isImage() ? node.shape[0] * node.shape[1] : 1;
  }

  /** Numbers of all examples, with those that are filled up. */
  long floats() {
    return n * pixels() * channels;
  }

  /** The value as an array for oneDNN. */
  memory value() {
    return Onednn.view(desc, value.memory);
  }

  /** The gradient as an array for oneDNN. */
  memory gradient() {
    return Onednn.view(desc, gradient.memory);
  }

  /** The same memory without what is filled up. */
  memory exact(memory of) {
    return Onednn.view(describe(node.channels()), of);
  }

  /** An array [n, ..] as it comes from outside, one example after the other, pixel by pixel. */
  memory.desc plain() {
    return isImage()
        ? Onednn.array(memory.format_tag.nhwc, n, node.channels(), node.shape[0], node.shape[1])
        : Onednn.array(memory.format_tag.ab, n, node.channels());
  }

  /** As {@link #plain}, with what is filled up. */
  memory.desc plainAndWide() {
    return Onednn.array(memory.format_tag.nhwc, n, channels, node.shape[0], node.shape[1]);
  }

  /** An array of its images in bfloat16. */
  memory.desc half() {
    return layout.half(n, channels, node.shape[0], node.shape[1]);
  }

  /** As one row of numbers, where only their number matters. */
  memory.desc row() {
    return Onednn.array(memory.format_tag.ab, 1, floats());
  }

  /** What a reader has read; the memory is free where it was the last and nobody keeps it. */
  void read() {
    readers--;
    if (readers == 0 && !kept) {
      value.release();
    }
  }
}
