package tweedie.driver.evaluate.likelihood;

import java.util.ArrayList;
import java.util.List;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.driver.model.DensityFlow;
import tweedie.evaluate.likelihood.FlowLikelihood;
import tweedie.score.CopyNoise;

/**
 * How often images are measured, and how.
 *
 * @param flow how
 * @param images how many
 */
record LikelihoodPlan(DensityFlow flow, int images) {

  /** Name of the measure with doubled sigma-min. */
  static final String SIGMA_MIN_DOUBLED = "sigma-min-doubled";

  /** Name of the measure with a finer solver and at least two probes. */
  static final String STEPS_DOUBLED = "steps-doubled";

  /** Name of the measure with a solver that is finer still. */
  static final String STEPS_QUADRUPLED = "steps-quadrupled";

  /** Of a mixture, where no number of images is given. */
  private static final int DRAWS = 1000;

  /**
   * @throws DataException if the noise of copies leaves nothing to measure
   */
  LikelihoodPlan {
    Likelihood settings = flow.settings();
    for (int count : settings.copies().counts()) {
      double s = new CopyNoise(settings.copies().sigma(), count).s();
      if (s < flow.least() || settings.copies().sigma() >= flow.most()) {
        throw new DataException(
            "tweedie.evaluate.likelihood.copies.sigma = %.4g gives the mean of %d copies the noise %.4g; both must lie between sigma-min, %.4g, and sigma-max, %.4g"
                .formatted(settings.copies().sigma(), count, s, flow.least(), flow.most()));
      }
    }
  }

  private Likelihood settings() {
    return flow.settings();
  }

  /**
   * Whether pixels are dequantized, which vectors never are.
   *
   * @throws DataException if they are to be and are not 8-bit
   */
  static boolean dequantizes(Likelihood settings, ImageShape shape, Real real) {
    boolean dequantizes = DensityFlow.dequantizes(settings, shape);
    if (dequantizes && !real.shards().map(ShardedData::eightBit).orElse(true)) {
      throw new DataException(
          "%s holds images of %s whose values are not 8-bit, and bits per dimension are of 8-bit pixels: -D tweedie.evaluate.likelihood.dequantize=false measures their density in nats"
              .formatted(real.place(), real.shards().get().shape()));
    }
    return dequantizes;
  }

  /**
   * How many images are measured.
   *
   * @throws DataException if there are fewer than are asked for
   */
  static int images(Likelihood settings, Real real) {
    long there = real.shards().map(ShardedData::images).orElse((long) Integer.MAX_VALUE);
    int asked = settings.images() > 0 ? settings.images() : real.shards().isPresent() ? 0 : DRAWS;
    if (asked > there) {
      throw new DataException(
          "%s holds %d images, and tweedie.evaluate.likelihood.images = %d"
              .formatted(real.place(), there, asked));
    }
    return asked == 0 ? Math.toIntExact(there) : asked;
  }

  /** The density of all images, as the settings say. */
  Measure usual() {
    return new Measure(
        "images", flow.likelihood(1, 1), flow.least(), settings().repeats(), 0, images);
  }

  /** All that is measured, {@link #usual} first. */
  List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    Likelihood settings = settings();
    Measure usual = usual();
    measures.add(usual);
    int some = Math.min(settings.sensitivityImages(), images);
    if (some > 0) {
      if (2 * flow.least() < flow.most()) {
        measures.add(
            new Measure(SIGMA_MIN_DOUBLED, usual.flow(), 2 * usual.s(), usual.repeats(), 0, some));
      }
      measures.add(
          new Measure(STEPS_DOUBLED, flow.likelihood(2, 2), usual.s(), usual.repeats(), 0, some));
      measures.add(
          new Measure(
              STEPS_QUADRUPLED, flow.likelihood(4, 2), usual.s(), usual.repeats(), 0, some));
    }
    double sigma = settings.copies().sigma();
    for (int copies : settings.copies().counts()) {
      // copies whose mean has this noise, and copies that have it each
      measures.add(copies("copies-%d-matched", usual.flow(), copies, sigma));
      if (copies > 1) { // of one copy it is the same
        double s = new CopyNoise(sigma, copies).s();
        measures.add(copies("copies-%d-fixed", usual.flow(), copies, s));
      }
    }
    return measures.stream().distinct().toList();
  }

  private Measure copies(String name, FlowLikelihood by, int copies, double s) {
    int count = Math.min(settings().copies().images(), images);
    return new Measure(name.formatted(copies), by, s, 1, copies, count);
  }
}
