package tweedie.driver.model;

import java.util.ArrayList;
import java.util.List;
import tweedie.data.ImageShape;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.GaussianMixture;

/** A mixture, whose denoiser is known in closed form. */
record MixtureModel(GaussianMixture mixture) implements RunModel {

  @Override
  public String name() {
    return "the mixture of %d components".formatted(mixture.components());
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(1, 1, mixture.dimension());
  }

  @Override
  public Denoiser denoiser() {
    return mixture;
  }

  @Override
  public DifferentiableDenoiser differentiable() {
    return mixture;
  }

  @Override
  public int largestBatch(long bytes) {
    return Integer.MAX_VALUE;
  }

  @Override
  public List<WalkStatistic> walkStatistics(double s) {
    List<WalkStatistic> statistics = new ArrayList<>();
    statistics.add(new WalkStatistic.LogDensity(mixture, s));
    statistics.addAll(WalkStatistic.projections(mixture.dimension()));
    return statistics;
  }
}
