package tweedie.score;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Leads a denoiser away from the mistakes of a worse one, D = D_guide + w (D_guided - D_guide):
 * autoguidance where the guide is the same kind of model trained less (Karras et al. 2024, arXiv
 * 2406.02507), classifier-free guidance where it does not know the class (Ho and Salimans 2022,
 * arXiv 2207.12598). It acts at some noise levels only (Kynkäänniemi et al. 2024, arXiv
 * 2404.07724).
 *
 * <p>With w other than 1 it is no posterior mean any more, of no density: good for samples only.
 *
 * @param weight w; 1 changes nothing, more leads farther
 * @param from smallest noise at which it acts
 * @param to largest noise at which it acts
 */
public record Guidance(double weight, double from, double to) implements Serializable {

  /**
   * @throws IllegalArgumentException if the weight is not a finite number of at least 0, or the
   *     noise levels are in the wrong order
   */
  public Guidance {
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException(
          "The weight of guidance must be a number that is at least 0, not " + weight);
    }
    if (!(from <= to)) {
      throw new IllegalArgumentException(
          "Guidance must act from a smaller to a larger noise level, not from %s to %s"
              .formatted(from, to));
    }
  }

  /**
   * The guided denoiser; closing it closes both.
   *
   * @throws IllegalArgumentException if the two have different dimensions
   */
  public Denoiser of(Denoiser guided, Denoiser guide) {
    if (guided.dimension() != guide.dimension()) {
      throw new IllegalArgumentException(
          "A denoiser of %d values cannot guide one of %d"
              .formatted(guide.dimension(), guided.dimension()));
    }
    return new Guided(this, guided, guide);
  }

  private boolean actsAt(double s) {
    return weight != 1 && s >= from && s <= to;
  }

  private record Guided(Guidance guidance, Denoiser guided, Denoiser guide) implements Denoiser {

    @Override
    public int dimension() {
      return guided.dimension();
    }

    @Override
    public Denoiser forChains(long seed, long[] chains) {
      return new Guided(guidance, guided.forChains(seed, chains), guide.forChains(seed, chains));
    }

    /** Two calls where any of the noise levels is one at which guidance acts, otherwise one. */
    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      if (Arrays.stream(s).noneMatch(guidance::actsAt)) {
        guided.denoise(y, s, out);
        return;
      }
      double[] worse = new double[y.length];
      guide.denoise(y, s, worse); // first, since out may be y
      guided.denoise(y, s, out);
      int d = dimension();
      for (int i = 0; i < s.length; i++) {
        if (guidance.actsAt(s[i])) {
          for (int j = i * d; j < (i + 1) * d; j++) {
            out[j] = worse[j] + guidance.weight * (out[j] - worse[j]);
          }
        }
      }
    }

    @Override
    public void close() {
      guided.close();
      guide.close();
    }
  }
}
