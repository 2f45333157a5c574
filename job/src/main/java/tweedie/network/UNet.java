package tweedie.network;

import java.util.ArrayDeque;
import java.util.Deque;
import tweedie.network.graph.Attention;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;

/**
 * A UNet of residual blocks: on the way down each resolution is kept, on the way up it is joined
 * again by its channels.
 *
 * <p>All convolutions are 3 x 3 with normalised weights and no bias (a channel of ones beside the
 * image lets the first one make biases); activations keep unit magnitude without normalisation
 * layers.
 */
record UNet(Graph graph, NetworkSettings settings, Node embedding, Dropout dropout) {

  /**
   * Magnitude of a block's branch against its trunk of 1: t / (1 - t) for t = 0.3 (arXiv
   * 2312.02696, equation 88).
   */
  static final double BRANCH = 0.3 / 0.7;

  /**
   * Adds the network to the graph; its output is of the shape of an image.
   *
   * @return the part up to the middle: the last block of the deepest resolution
   */
  Graph build(Node images) {
    int levels = settings.channels().size();
    Deque<Node> skips = new ArrayDeque<>();
    Node h = convolution(images, "in", settings.channels().get(0), 1, 1);
    for (int level = 0; level < levels; level++) {
      if (level > 0) {
        h =
            convolution(
                h, "down" + level, settings.channels().get(level), halves(level) ? 2 : 1, 1);
      }
      h = blocks(h, "down" + level);
      if (level < levels - 1) {
        skips.push(h);
      }
    }
    Graph middle = graph.soFar();
    for (int level = levels - 2; level >= 0; level--) {
      h = convolution(h, "up" + level, settings.channels().get(level), 1, 1);
      if (halves(level + 1)) {
        h = graph.add(new Upsample(h));
      }
      h = graph.add(new Concatenation(h, skips.pop()));
      h = convolution(h, "join" + level, settings.channels().get(level), 1, 1);
      h = blocks(h, "up" + level);
    }
    Node out = convolution(graph.add(new Silu(h)), "out", settings.shape().channels(), 1, 1);
    graph.add(new Scale(graph, out, "out.gain"));
    return middle;
  }

  private boolean halves(int level) {
    return level <= settings.halvings();
  }

  private Node blocks(Node h, String name) {
    for (int block = 0; block < settings.blocks(); block++) {
      h = block(h, name + ".block" + block);
      if (settings.attention().contains((int) h.shape[0])) {
        h = attention(h, name + ".block" + block);
      }
    }
    return h;
  }

  private Node attention(Node x, String name) {
    Node qkv = graph.add(new Convolution(graph, x, name + ".qkv", 1, 1, 3 * x.channels(), 1));
    Node seen = graph.add(new Attention(qkv));
    Node branch =
        graph.add(
            new Convolution(graph, seen, name + ".seen", 1, 1, x.channels(), BRANCH * x.magnitude));
    return graph.add(new Sum(x, branch));
  }

  private Node block(Node x, String name) {
    Node shift = graph.add(new Dense(graph, embedding, name + ".noise", x.channels(), 1));
    Node h = convolution(graph.add(new Silu(x)), name + ".first", x.channels(), 1, 1);
    shift = dropout.shift(graph, graph.add(new Scale(graph, shift, name + ".noise.gain")));
    h = graph.add(new Silu(graph.add(new Shift(h, shift))));
    double gain = BRANCH * x.magnitude * dropout.gain();
    return graph.add(new Sum(x, convolution(h, name + ".second", x.channels(), 1, gain)));
  }

  private Node convolution(Node x, String name, long out, int stride, double gain) {
    return graph.add(new Convolution(graph, x, name, 3, stride, out, gain));
  }
}
