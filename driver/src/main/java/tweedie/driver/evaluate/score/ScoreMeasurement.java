package tweedie.driver.evaluate.score;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.score.ScoreResult.HeldOut;
import tweedie.driver.evaluate.score.ScoreResult.Level;
import tweedie.driver.evaluate.score.ScoreTask.Block;
import tweedie.driver.evaluate.score.ScoreTask.Compared;
import tweedie.driver.model.DataPosterior;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.Psnr;
import tweedie.evaluate.ScoreError;
import tweedie.score.CopyNoise;
import tweedie.score.GaussianMixture;
import tweedie.score.PosteriorSums;

/**
 * Measures how far the model's score is from the best one, and writes {@code
 * evaluation/score.json}.
 *
 * <p>The best denoiser is that of the mixture where the settings describe one of the model's
 * dimension, measured on exact draws; otherwise that of the training images, measured on some of
 * these. The noise of an image comes from the seed and its number alone and is the same, but for
 * its size, at every level and for every number of copies.
 */
public final class ScoreMeasurement implements Measurement {

  /** At most so many values of noisy images, and as many of the best denoiser, at once. */
  private static final int VALUES = 4_000_000;

  /** Values of the images of one task. */
  private static final int VALUES_IN_TASK = 25_000;

  private static final int MOST_IMAGES_IN_TASK = 512;

  private final EvaluatedRun evaluated;
  private final JavaSparkContext spark;
  private final Settings settings;
  private final List<Integer> copies;
  private final RunModel model;
  private final int dimension;
  private final Optional<GaussianMixture> mixture;
  private final Optional<ShardedData> training;
  private final Optional<Real> heldOut;
  private final Real known;

  /** The images that are made noisy: known ones, then those that are held out, [n + h, d]. */
  private final float[] rows;

  /** How many are known, n. */
  private final int images;

  /** Of the values of the images. */
  private final double range;

  private final ScoreLevels levels;
  private final Optional<Memorisation> memorisation;

  /**
   * Reads the images.
   *
   * @throws DataException if the best denoiser or the images are not known
   */
  public ScoreMeasurement(EvaluatedRun evaluated) throws IOException {
    this.evaluated = evaluated;
    this.spark = evaluated.spark();
    this.settings = evaluated.settings();
    this.copies = settings.evaluate().score().copies();
    this.model = evaluated.model();
    ImageShape shape = model.shape();
    this.dimension = shape.dimension();
    this.mixture = evaluated.mixture().filter(found -> found.dimension() == dimension);
    this.training = mixture.isPresent() ? Optional.empty() : Optional.of(trainingData(shape));
    Real real = evaluated.real();
    this.heldOut = training.isPresent() && !real.trainedOn() ? Optional.of(real) : Optional.empty();
    this.known = known(real);
    float[] ofKnown = rows(known);
    this.images = ofKnown.length / dimension;
    this.rows = heldOut.isPresent() ? ImageRows.joined(ofKnown, rows(heldOut.get())) : ofKnown;
    this.range = known.shards().filter(ShardedData::eightBit).isPresent() ? 1 : range();
    this.levels = levels();
    this.memorisation =
        heldOut.isPresent()
            ? Optional.of(
                Memorisation.of(
                    evaluated, training.orElseThrow(), heldOut.get().shards().orElseThrow()))
            : Optional.empty();
  }

  private ShardedData trainingData(ImageShape shape) throws IOException {
    ShardedData data =
        evaluated
            .training()
            .orElseThrow(
                () ->
                    new DataException(
                        "The least error is that of the training data or of a mixture: give -D"
                            + " tweedie.data.path, or tweedie.data.mixture"));
    EvaluatedRun.checkShape(data, shape);
    return data;
  }

  /** Images of the model's distribution. */
  private Real known(Real real) {
    if (mixture.isPresent() && evaluated.request().data().isEmpty()) {
      return new Real(EvaluatedRun.DRAWS, false, Optional.empty());
    }
    return training
        .map(data -> new Real(settings.data().path(), true, Optional.of(data)))
        .orElse(real);
  }

  /** Draws, or images that the seed chooses, as many as are wanted or as there are. */
  private float[] rows(Real real) {
    int wanted = settings.evaluate().score().images();
    long there = real.shards().map(ShardedData::images).orElse((long) wanted);
    if (real.shards().isPresent() && there < HalfSamples.GROUPS) {
      throw new DataException(
          "%s holds %d images; at least %d are needed to measure the score on them"
              .formatted(real.place(), there, HalfSamples.GROUPS));
    }
    return RealImages.rows(evaluated, real, (int) Math.min(wanted, there));
  }

  private double range() {
    DoubleSummaryStatistics values =
        IntStream.range(0, rows.length).mapToDouble(j -> rows[j]).summaryStatistics();
    return values.getMax() - values.getMin();
  }

  private ScoreLevels levels() throws IOException {
    Settings.Score score = settings.evaluate().score();
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    return ScoreLevels.of(
        score.sigmaMin() > 0 ? score.sigmaMin() : trained.min(),
        score.sigmaMax() > 0 ? score.sigmaMax() : largest(trained),
        score.levels(),
        copies);
  }

  /** Beyond the largest distance of two images there is nothing left to see in a noisy one. */
  private double largest(FromSettings.MeanNoise trained) throws IOException {
    double distance =
        training.isPresent()
            ? evaluated.directory().statistics(spark, training.get()).largestDistance()
            : 0;
    return distance > 0
        ? Math.max(trained.min(), Math.min(trained.max(), distance))
        : trained.max();
  }

  @Override
  public List<ScoreResult> measure() throws IOException {
    long began = System.nanoTime();
    ScoreResult report;
    try (CountedJob job = evaluated.job("score")) {
      report = report(compare(job), began);
    }
    evaluated.write("score", report, report.seconds());
    return List.of(report);
  }

  private ScoreResult report(List<Compared> found, long began) {
    List<Level> matched = new ArrayList<>();
    List<Level> fixed = new ArrayList<>();
    for (double level : levels.levels()) {
      for (int m : copies) {
        matched.add(level(CopyNoise.ofMean(level, m), found));
        fixed.add(level(new CopyNoise(level, m), found));
      }
    }
    return new ScoreResult(
        model.name(),
        model.round(),
        mixture.isPresent() ? "the mixture" : "the training images",
        known.place(),
        known.trainedOn(),
        images,
        dimension,
        range,
        model.seesCopies(),
        matched,
        fixed,
        memorisation.map(Memorisation::measured).orElse(List.of()),
        (System.nanoTime() - began) / 1e9,
        evaluated.overrides());
  }

  private Level level(CopyNoise noise, List<Compared> found) {
    Compared point = found.get(levels.point(noise.s()));
    int view = model.seesCopies() ? copies.indexOf(noise.copies()) : 0;
    ScoreError error =
        ScoreError.of(
            noise.s(),
            dimension,
            Arrays.copyOf(point.errors()[view], images),
            Arrays.copyOf(point.traces(), images),
            Arrays.copyOf(point.apart()[view], images),
            Arrays.copyOf(point.shrunk(), images));
    return new Level(
        noise.sigma(),
        noise.copies(),
        noise.s(),
        error,
        Psnr.of(error.error().value(), range),
        Psnr.of(error.floor().value(), range),
        heldOut.isEmpty()
            ? null
            : new HeldOut(ofUnseen(point.errors()[view]), ofUnseen(point.bestErrors())));
  }

  private Estimate ofUnseen(double[] numbers) {
    return HalfSamples.ofMean(
        Arrays.stream(numbers, images, numbers.length).map(number -> number / dimension).toArray());
  }

  /** What is found of all images at each point. */
  private List<Compared> compare(CountedJob job) {
    double[] points = levels.points();
    int all = rows.length / dimension;
    int[] seen =
        model.seesCopies() ? copies.stream().mapToInt(Integer::intValue).toArray() : new int[0];
    int together = (int) Math.max(1, VALUES / ((long) all * dimension));
    int inTask = Math.min(MOST_IMAGES_IN_TASK, Math.max(1, VALUES_IN_TASK / dimension));
    int batches = (all + inTask - 1) / inTask;
    model.announce(spark, batches * points.length, Math.min(inTask, all), Math.max(1, seen.length));
    Optional<DataPosterior> posterior =
        training.map(data -> new DataPosterior(spark, data.shards(), dimension));
    posterior.ifPresent(of -> of.announce((long) all * points.length, all * together));
    Broadcast<RunModel> shared = job.broadcast(model);
    List<Compared> found = new ArrayList<>();
    try {
      for (int from = 0; from < points.length; from += together) {
        double[] s = Arrays.copyOfRange(points, from, Math.min(points.length, from + together));
        NoisyImages noisy = NoisyImages.of(rows, dimension, settings.seed(), s);
        BestDenoiser best =
            posterior.isPresent()
                ? best(posterior.get().of(noisy.y(), noisy.s()), noisy)
                : new BestDenoiser.OfMixture(mixture.orElseThrow());
        found.addAll(compare(shared, noisy, best, seen, inTask));
      }
    } finally {
      model.free();
    }
    return found;
  }

  private static BestDenoiser best(PosteriorSums sums, NoisyImages noisy) {
    double[] denoised = new double[noisy.y().length];
    sums.denoised(denoised);
    return new BestDenoiser.Answers(denoised, sums.covarianceTraces());
  }

  private List<Compared> compare(
      Broadcast<RunModel> shared, NoisyImages noisy, BestDenoiser best, int[] seen, int inTask) {
    List<Block> blocks = Block.all(noisy, inTask);
    int ofLevel = blocks.size() / noisy.levels();
    try (CountedJob job = CountedJob.within(spark, "error of the score")) {
      ScoreTask task =
          new ScoreTask(
              shared,
              job.broadcast(noisy),
              job.broadcast(best),
              seen,
              settings.seed(),
              settings.train().threadsPerWorker(),
              job.count("error of the score", "images", noisy.s().length));
      List<Compared> parts = spark.parallelize(blocks, blocks.size()).map(task).collect();
      return IntStream.range(0, noisy.levels())
          .mapToObj(level -> parts.subList(level * ofLevel, (level + 1) * ofLevel))
          .map(Compared::joined)
          .toList();
    }
  }
}
