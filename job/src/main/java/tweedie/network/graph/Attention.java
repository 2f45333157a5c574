package tweedie.network.graph;

/**
 * Every pixel looks at all pixels of its image: of channels [q, k, v], c of each, [h, w, 3 c] to
 * [h, w, c]. In each of the heads, with e = c / heads channels, q, k and v of a pixel are divided
 * by their root mean square, and
 *
 * <pre>
 *     out_t = sum_u softmax_u(q_t . k_u / sqrt(e)) v_u
 * </pre>
 *
 * <p>(arXiv 2312.02696, figure 21; with cosines no weight grows beyond exp(2 sqrt(e))).
 */
public final class Attention extends Node {

  /** Added to a root mean square, so that zeros stay zeros. */
  public static final float EPSILON = 1e-4f;

  /** So many channels have a head of their own where they divide. */
  private static final long PER_HEAD = 64;

  public final Node x;
  public final int heads;

  public Attention(Node x) {
    super(new long[] {x.shape[0], x.shape[1], x.channels() / 3}, 1, x);
    this.x = x;
    this.heads = channels() % PER_HEAD == 0 ? (int) (channels() / PER_HEAD) : 1;
  }

  /** Pixels of an image. */
  public int pixels() {
    return (int) (shape[0] * shape[1]);
  }

  /** Channels e of a head. */
  public int perHead() {
    return (int) channels() / heads;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.attention(this);
  }
}
