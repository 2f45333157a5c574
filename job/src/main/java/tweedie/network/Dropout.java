package tweedie.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Sum;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Channels that a network in training leaves out at random (Srivastava et al. 2014, JMLR 15; whole
 * channels of images, all pixels of which say nearly the same: Tompson et al. 2015, arXiv
 * 1411.4280): inside each residual block a channel is 0 with probability p, and the others are 1 /
 * (1 - p) of themselves.
 *
 * <p>No operation is added for it. A channel that is shifted far down is 0 behind the SiLU that
 * follows, and so is its gradient; the convolution or product after that has the gain 1 / (1 - p).
 * Which channels a row does without is drawn from the numbers of the row, whose noise is another
 * each time an image is learned: the same row has the same ones.
 */
final class Dropout {

  /** Where SiLU and its derivative are 0 to every digit of a float beside 1. */
  private static final float OFF = -1000;

  private final double share;
  private final List<Long> channels = new ArrayList<>();

  /**
   * @param share p, from 0, for none, to below 1
   */
  Dropout(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("%s of all channels cannot be left out".formatted(share));
    }
    this.share = share;
  }

  /** The shift of a block's channels, which also moves down those that are left out. */
  Node shift(Graph graph, Node shift) {
    if (share == 0) {
      return shift;
    }
    channels.add(shift.channels());
    return graph.add(new Sum(graph.add(GraphInput.ofMagnitude(0, shift.channels())), shift));
  }

  /** By how much more the others count. */
  double gain() {
    return 1 / (1 - share);
  }

  /**
   * What the graph is given of n rows, in the order of the blocks.
   *
   * @param rows [n, length]
   * @return an array for each block, [n, channels]
   */
  List<float[]> of(float[] rows, int n, int length) {
    List<float[]> masks = new ArrayList<>();
    channels.forEach(count -> masks.add(new float[Math.toIntExact(n * count)]));
    for (int i = 0; i < n && !masks.isEmpty(); i++) {
      int row = Arrays.hashCode(Arrays.copyOfRange(rows, i * length, (i + 1) * length));
      Draws draws = Draws.of(row, Purpose.DROPOUT, 0, 0);
      for (float[] mask : masks) {
        int count = mask.length / n;
        for (int j = i * count; j < (i + 1) * count; j++) {
          mask[j] = draws.uniform() < share ? OFF : 0;
        }
      }
    }
    return masks;
  }
}
