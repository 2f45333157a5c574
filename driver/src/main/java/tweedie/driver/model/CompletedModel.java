package tweedie.driver.model;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.sample.Inpainting;
import tweedie.score.Denoiser;

/**
 * A model of images of which a part is known.
 *
 * @param known what is known, in words
 */
public record CompletedModel(RunModel whole, Inpainting part, String known) implements RunModel {

  @Override
  public String name() {
    return "%s, completing %s".formatted(whole.name(), known);
  }

  @Override
  public int round() {
    return whole.round();
  }

  @Override
  public ImageShape shape() {
    return whole.shape();
  }

  @Override
  public Denoiser denoiser() {
    return part.of(whole.denoiser());
  }

  @Override
  public int largestBatch(long bytes) {
    return whole.largestBatch(bytes);
  }

  @Override
  public List<WalkStatistic> walkStatistics(double s) {
    return whole.walkStatistics(s);
  }

  @Override
  public boolean seesCopies() {
    return whole.seesCopies();
  }

  @Override
  public void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {
    whole.announce(spark, batches, batchSize, calls);
  }

  @Override
  public void free() {
    whole.free();
  }
}
