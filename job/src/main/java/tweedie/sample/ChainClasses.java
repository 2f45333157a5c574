package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Which class each chain is to draw; it depends on the seed and the number of the chain only.
 *
 * @param classes chain k draws class number k % n of these n; or empty, and
 * @param shares each class is drawn with this probability
 */
public record ChainClasses(List<Integer> classes, List<Double> shares) implements Serializable {

  /** No epoch of training, which draws for the same purpose. */
  private static final long STEP = -1;

  public ChainClasses {
    classes = List.copyOf(classes);
    shares = List.copyOf(shares);
    if (classes.isEmpty() == shares.isEmpty()) {
      throw new IllegalArgumentException("Chains draw given classes, or each with its probability");
    }
  }

  /** One of these after the other, and again. */
  public static ChainClasses inTurn(List<Integer> classes) {
    return new ChainClasses(classes, List.of());
  }

  /**
   * Class k with a probability in proportion to {@code counts[k]}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ChainClasses inProportion(List<Long> counts) {
    double all = counts.stream().mapToLong(Long::longValue).sum();
    return new ChainClasses(List.of(), counts.stream().map(count -> count / all).toList());
  }

  /** The class of each of these chains, [n]. */
  public int[] of(long seed, long[] chains) {
    return Arrays.stream(chains).mapToInt(chain -> of(seed, chain)).toArray();
  }

  private int of(long seed, long chain) {
    if (shares.isEmpty()) {
      return classes.get((int) (chain % classes.size()));
    }
    double left = Draws.of(seed, Purpose.CLASS, chain, STEP).uniform();
    int last = 0;
    for (int k = 0; k < shares.size(); k++) {
      if (shares.get(k) > 0) {
        last = k;
        left -= shares.get(k);
        if (left < 0) {
          return k;
        }
      }
    }
    return last;
  }

  /** The denoiser that is told these classes, once it knows the chains; closing it closes both. */
  public Denoiser of(ConditionalDenoiser denoiser) {
    return new Told(denoiser, this);
  }

  private record Told(ConditionalDenoiser denoiser, ChainClasses classes) implements Denoiser {

    @Override
    public int dimension() {
      return denoiser.dimension();
    }

    @Override
    public Denoiser forChains(long seed, long[] chains) {
      return denoiser.forChains(seed, chains).ofClasses(classes.of(seed, chains));
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      throw new IllegalStateException("The classes of rows that belong to no chain are not known");
    }

    @Override
    public void close() {
      denoiser.close();
    }
  }
}
