package tweedie.data.source;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.score.GaussianMixture;

/**
 * Exact draws from a mixture: vectors of d floats, the label being the component. Vector {@code id}
 * depends on the seed and the id alone.
 *
 * @param mixture the distribution
 * @param count number of vectors, at least 1
 * @param seed of the random numbers
 */
public record MixtureSource(GaussianMixture mixture, long count, long seed) implements ImageSource {

  /**
   * @throws DataException if there is no vector
   */
  public MixtureSource {
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
    GaussianMixture.Drawn drawn = mixture.draw(seed, id);
    float[] x = ImageRows.floats(drawn.image());
    for (float value : x) {
      if (!Float.isFinite(value)) {
        throw new DataException(
            "Vector %d of the mixture holds the value %s: tweedie.data.mixture.means, .stds and .covariances must be such that a float (up to 3.4e38) holds what is drawn"
                .formatted(id, value));
      }
    }
    return SourceImage.ofFloats(drawn.component(), new ImageShape(1, 1, x.length), x);
  }
}
