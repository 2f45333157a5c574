package tweedie.score;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A mixture each of whose components is a class: E[x | y, class k] is that of component k. */
public final class MixtureOfClasses implements ConditionalDenoiser {

  private final GaussianMixture mixture;
  private final GaussianMixture[] alone;
  private final int[] of;

  private MixtureOfClasses(GaussianMixture mixture, GaussianMixture[] alone, int[] of) {
    this.mixture = mixture;
    this.alone = alone;
    this.of = of;
  }

  /** The mixture whose classes are not told yet. */
  public MixtureOfClasses(GaussianMixture mixture) {
    this(
        mixture,
        IntStream.range(0, mixture.components())
            .mapToObj(mixture::alone)
            .toArray(GaussianMixture[]::new),
        new int[0]);
  }

  @Override
  public int dimension() {
    return mixture.dimension();
  }

  @Override
  public int classes() {
    return alone.length;
  }

  @Override
  public MixtureOfClasses ofClasses(int[] told) {
    if (!Arrays.stream(told).allMatch(k -> k >= -1 && k < alone.length)) {
      throw new IllegalArgumentException(
          "A mixture of %d components has not all of the classes %s"
              .formatted(alone.length, Arrays.toString(told)));
    }
    return new MixtureOfClasses(mixture, alone, told.clone());
  }

  private GaussianMixture ofRow(int i) {
    return of.length == 0 || of[i] < 0 ? mixture : alone[of[i]];
  }

  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    denoise(y, s, out, new double[0][], new double[0][]);
  }

  @Override
  public void denoise(
      double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
    int d = dimension();
    for (int i = 0; i < s.length; i++) {
      double[] row = Arrays.copyOfRange(y, i * d, (i + 1) * d);
      double[] noise = {s[i]};
      for (int p = 0; p < vectors.length; p++) {
        double[] product = Arrays.copyOfRange(vectors[p], i * d, (i + 1) * d);
        ofRow(i).jacobianTimes(row, noise, product, product);
        System.arraycopy(product, 0, products[p], i * d, d);
      }
      ofRow(i).denoise(row, noise, row);
      System.arraycopy(row, 0, out, i * d, d);
    }
  }
}
