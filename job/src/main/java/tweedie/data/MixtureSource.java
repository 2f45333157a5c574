package tweedie.data;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.score.Draws;

/**
 * Exact draws from a mixture of isotropic Gaussians: vectors of d floats, the label being the
 * component. Vector {@code id} depends on the seed and the id alone.
 *
 * @param weights of the components, &gt; 0; they need not sum to 1
 * @param means of the components, [components, d]
 * @param stds standard deviation of each component, the same in every direction, &gt;= 0
 * @param count number of vectors, at least 1
 * @param seed of the random numbers
 */
public record MixtureSource(
    List<Double> weights, List<List<Double>> means, List<Double> stds, long count, long seed)
    implements ImageSource {

  /**
   * @throws DataException if the numbers do not describe a mixture
   */
  public MixtureSource {
    weights = List.copyOf(weights);
    means = means.stream().map(List::copyOf).toList();
    stds = List.copyOf(stds);
    if (weights.isEmpty() || means.size() != weights.size() || stds.size() != weights.size()) {
      throw new DataException(
          String.format(
              "A mixture needs as many weights as means and stds, not %d, %d and %d",
              weights.size(), means.size(), stds.size()));
    }
    int d = means.get(0).size();
    for (int k = 0; k < weights.size(); k++) {
      if (!(weights.get(k) > 0) || weights.get(k).isInfinite()) {
        throw new DataException("A weight of a mixture must be above 0, not " + weights.get(k));
      }
      if (!(stds.get(k) >= 0) || stds.get(k).isInfinite()) {
        throw new DataException("An std of a mixture must not be below 0, as is " + stds.get(k));
      }
      if (d == 0 || means.get(k).size() != d) {
        throw new DataException(
            String.format(
                "The means of a mixture must have the same number of dimensions, not %d and %d",
                d, means.get(k).size()));
      }
      if (!means.get(k).stream().allMatch(Double::isFinite)) {
        throw new DataException("A mean of a mixture must be finite, not " + means.get(k));
      }
    }
    if (count < 1) {
      throw new DataException("A mixture gives at least one vector, not " + count);
    }
  }

  @Override
  public boolean eightBit() {
    return false;
  }

  @Override
  public Listing list(Configuration conf) {
    return new Listing(DrawnRange.split(count, "mixture", this::vector), List.of());
  }

  /** Vector number {@code id}. */
  public SourceImage vector(long id) {
    Draws draws = Draws.of(seed, Draws.Purpose.ORACLE, id, 0);
    int component = component(draws.uniform());
    List<Double> mean = means.get(component);
    double std = stds.get(component);
    float[] x = new float[mean.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (mean.get(i) + std * draws.gaussian());
    }
    return SourceImage.ofFloats(component, new ImageShape(1, 1, x.length), x);
  }

  private int component(double u) {
    double total = weights.stream().mapToDouble(Double::doubleValue).sum();
    double below = 0;
    for (int k = 0; k < weights.size() - 1; k++) {
      below += weights.get(k);
      if (u * total < below) {
        return k;
      }
    }
    return weights.size() - 1;
  }
}
