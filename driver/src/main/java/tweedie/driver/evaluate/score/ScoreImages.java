package tweedie.driver.evaluate.score;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.RealImages;
import tweedie.evaluate.Jackknife;
import tweedie.score.GaussianMixture;

/**
 * The images that are made noisy.
 *
 * @param place where they are, for people
 * @param trainedOn whether the model has seen them
 * @param rows those of the model's distribution, then those that are held out, [n + h, d]
 * @param images n
 * @param range of their values
 */
record ScoreImages(String place, boolean trainedOn, float[] rows, int images, double range) {

  /** Exact draws of a mixture. */
  static ScoreImages drawn(GaussianMixture mixture, long seed, int images) {
    float[] rows = RealImages.draw(mixture, seed, images).rows();
    return new ScoreImages(EvaluatedRun.DRAWS, false, rows, images, range(rows));
  }

  /**
   * Images that the seed chooses, as many as are wanted or as there are.
   *
   * @param known data of the model's distribution, in shards
   * @param heldOut data that the model has not seen, in shards
   * @throws DataException if there are too few to measure
   */
  static ScoreImages chosen(
      JavaSparkContext spark, Real known, Optional<Real> heldOut, long seed, int wanted) {
    ShardedData data = known.shards().orElseThrow();
    float[] rows = rows(spark, known, seed, wanted);
    int images = rows.length / data.shape().dimension();
    if (heldOut.isPresent()) {
      rows = ImageRows.joined(rows, rows(spark, heldOut.get(), seed, wanted));
    }
    return new ScoreImages(
        known.place(), known.trainedOn(), rows, images, data.eightBit() ? 1 : range(rows));
  }

  private static float[] rows(JavaSparkContext spark, Real real, long seed, int wanted) {
    ShardedData data = real.shards().orElseThrow();
    if (data.images() < Jackknife.GROUPS) {
      throw new DataException(
          "%s holds %d images; at least %d are needed to measure the score on them"
              .formatted(real.place(), data.images(), Jackknife.GROUPS));
    }
    int count = (int) Math.min(wanted, data.images());
    return RealImages.choose(spark, data, seed, count).rows();
  }

  private static double range(float[] rows) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : rows) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return (double) most - least;
  }
}
