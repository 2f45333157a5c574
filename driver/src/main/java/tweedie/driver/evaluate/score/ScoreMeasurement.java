package tweedie.driver.evaluate.score;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.score.ScoreResult.HeldOut;
import tweedie.driver.evaluate.score.ScoreResult.Level;
import tweedie.driver.evaluate.score.ScoreTask.Block;
import tweedie.driver.evaluate.score.ScoreTask.Compared;
import tweedie.driver.model.DataPosterior;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.Jackknife;
import tweedie.evaluate.Psnr;
import tweedie.evaluate.ScoreError;
import tweedie.score.CopyNoise;
import tweedie.score.GaussianMixture;

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
  private final RunModel model;
  private final int dimension;
  private final Optional<GaussianMixture> mixture;
  private final Optional<ShardedData> training;
  private final Optional<Real> heldOut;
  private final ScoreImages measured;
  private final ScoreLevels levels;
  private final Optional<Memorisation> memorisation;

  private ScoreMeasurement(EvaluatedRun evaluated) throws IOException {
    this.evaluated = evaluated;
    this.spark = evaluated.spark();
    this.settings = evaluated.settings();
    this.model = evaluated.model();
    ImageShape shape = model.shape();
    this.dimension = shape.dimension();
    this.mixture = evaluated.mixture().filter(found -> found.dimension() == dimension);
    this.training = mixture.isPresent() ? Optional.empty() : Optional.of(trainingData(shape));
    Real real = evaluated.real();
    this.heldOut = training.isPresent() && !real.trainedOn() ? Optional.of(real) : Optional.empty();
    this.measured = measured(real);
    this.levels = levels();
    this.memorisation =
        heldOut.isPresent()
            ? Optional.of(
                Memorisation.of(
                    evaluated, shape, training.orElseThrow(), heldOut.get().shards().orElseThrow()))
            : Optional.empty();
  }

  /**
   * Reads the images.
   *
   * @throws DataException if the best denoiser or the images are not known
   */
  public static ScoreMeasurement prepare(EvaluatedRun run) throws IOException {
    return new ScoreMeasurement(run);
  }

  private ShardedData trainingData(ImageShape shape) throws IOException {
    ShardedData data =
        evaluated
            .training()
            .orElseThrow(
                () ->
                    new DataException(
                        "The least error is that of the training data or of a mixture: give -D tweedie.data.path, or tweedie.data.mixture"));
    EvaluatedRun.checkShape(data, shape);
    return data;
  }

  private ScoreImages measured(Real real) {
    int wanted = settings.evaluate().score().images();
    if (mixture.isPresent() && evaluated.request().data().isEmpty()) {
      return ScoreImages.drawn(mixture.get(), settings.seed(), wanted);
    }
    Real known =
        training
            .map(data -> new Real(settings.data().path(), true, Optional.of(data)))
            .orElse(real);
    return ScoreImages.chosen(spark, known, heldOut, settings.seed(), wanted);
  }

  private ScoreLevels levels() throws IOException {
    Settings.Score score = settings.evaluate().score();
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    return ScoreLevels.of(
        score.sigmaMin() > 0 ? score.sigmaMin() : trained.min(),
        score.sigmaMax() > 0 ? score.sigmaMax() : largest(trained),
        score.levels(),
        score.copies());
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
      report = report(job, began);
    }
    evaluated.write("score", report, report.seconds());
    return List.of(report);
  }

  private ScoreResult report(CountedJob job, long began) {
    List<Compared> found = compare(job);
    List<Level> matched = new ArrayList<>();
    List<Level> fixed = new ArrayList<>();
    for (double level : levels.levels()) {
      for (int m : settings.evaluate().score().copies()) {
        matched.add(level(CopyNoise.ofMean(level, m), found));
        fixed.add(level(new CopyNoise(level, m), found));
      }
    }
    return new ScoreResult(
        model.name(),
        model.round(),
        mixture.isPresent() ? "the mixture" : "the training images",
        measured.place(),
        measured.trainedOn(),
        measured.images(),
        dimension,
        measured.range(),
        model.seesCopies(),
        matched,
        fixed,
        memorisation.map(Memorisation::measured).orElse(List.of()),
        (System.nanoTime() - began) / 1e9,
        evaluated.overrides());
  }

  private Level level(CopyNoise noise, List<Compared> found) {
    Compared point = found.get(levels.point(noise.s()));
    int view =
        model.seesCopies() ? settings.evaluate().score().copies().indexOf(noise.copies()) : 0;
    int n = measured.images();
    ScoreError error =
        ScoreError.of(
            noise.s(),
            dimension,
            Arrays.copyOf(point.errors()[view], n),
            Arrays.copyOf(point.traces(), n),
            Arrays.copyOf(point.apart()[view], n),
            Arrays.copyOf(point.shrunk(), n));
    return new Level(
        noise.sigma(),
        noise.copies(),
        noise.s(),
        error,
        Psnr.of(error.error().value(), measured.range()),
        Psnr.of(error.floor().value(), measured.range()),
        heldOut.isEmpty()
            ? null
            : new HeldOut(ofUnseen(point.errors()[view]), ofUnseen(point.bestErrors())));
  }

  private Estimate ofUnseen(double[] numbers) {
    return Jackknife.ofMean(
        Arrays.stream(numbers, measured.images(), numbers.length)
            .map(number -> number / dimension)
            .toArray());
  }

  /** What is found of all images at each point. */
  private List<Compared> compare(CountedJob job) {
    double[] points = levels.points();
    int images = measured.rows().length / dimension;
    int views = model.seesCopies() ? settings.evaluate().score().copies().size() : 1;
    int together = (int) Math.max(1, VALUES / ((long) images * dimension));
    int inTask = Math.min(MOST_IMAGES_IN_TASK, Math.max(1, VALUES_IN_TASK / dimension));
    int batches = (images + inTask - 1) / inTask;
    model.announce(spark, batches * points.length, Math.min(inTask, images), views);
    Optional<DataPosterior> posterior =
        training.map(data -> new DataPosterior(spark, data.shards(), dimension));
    posterior.ifPresent(of -> of.announce((long) images * points.length, images * together));
    Broadcast<RunModel> shared = job.broadcast(model);
    List<Compared> found = new ArrayList<>();
    try {
      for (int from = 0; from < points.length; from += together) {
        double[] s = Arrays.copyOfRange(points, from, Math.min(points.length, from + together));
        NoisyImages noisy = NoisyImages.of(measured.rows(), dimension, settings.seed(), s);
        BestDenoiser best =
            posterior.isPresent()
                ? BestDenoiser.OfData.of(posterior.get().of(noisy.y(), noisy.s()), noisy)
                : new BestDenoiser.OfMixture(mixture.orElseThrow());
        found.addAll(compare(shared, noisy, best, views, inTask));
      }
    } finally {
      model.free();
    }
    return found;
  }

  private List<Compared> compare(
      Broadcast<RunModel> shared, NoisyImages noisy, BestDenoiser best, int views, int inTask) {
    List<Block> blocks = Block.all(noisy, inTask);
    int[] copies =
        model.seesCopies()
            ? settings.evaluate().score().copies().stream().mapToInt(Integer::intValue).toArray()
            : new int[0];
    List<Compared> found =
        Stream.generate(() -> Compared.empty(views, noisy.count())).limit(noisy.levels()).toList();
    try (CountedJob job = CountedJob.within(spark, "error of the score")) {
      ScoreTask task =
          new ScoreTask(
              shared,
              job.broadcast(noisy),
              job.broadcast(best),
              copies,
              settings.seed(),
              settings.train().threadsPerWorker(),
              job.count("error of the score", "images", noisy.s().length));
      List<Compared> parts = spark.parallelize(blocks, blocks.size()).map(task).collect();
      for (int i = 0; i < parts.size(); i++) {
        found.get(blocks.get(i).level()).take(parts.get(i), blocks.get(i).from());
      }
    }
    return found;
  }
}
