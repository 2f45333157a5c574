package tweedie.driver.evaluate.score;

import tweedie.evaluate.Psnr;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.GeneratedImages;
import tweedie.device.TaskResources;
import tweedie.driver.config.JobSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealRows;
import tweedie.driver.evaluate.SampleSets;
import tweedie.driver.evaluate.SampleSets.Drawn;
import tweedie.driver.evaluate.SampleSets.SampleSet;
import tweedie.driver.evaluate.TrainingNeighbours;
import tweedie.driver.evaluate.score.ScoreReport.HeldOut;
import tweedie.driver.evaluate.score.ScoreReport.Level;
import tweedie.driver.evaluate.score.ScoreReport.Memorised;
import tweedie.driver.model.DataPosterior;
import tweedie.driver.model.SampledModel;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.SampleDirectory;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.Jackknife;
import tweedie.evaluate.ScoreError;
import tweedie.evaluate.samples.NearestRows;
import tweedie.sample.NoiseLevels;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
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
public final class MeasureScore implements Measurement {

  /** At most so many values of noisy images, and as many of the best denoiser, at once. */
  private static final int VALUES = 4_000_000;

  /** Values of the images of one task. */
  private static final int VALUES_IN_TASK = 25_000;

  private static final int MOST_IMAGES_IN_TASK = 512;

  /** Noises are the same if they differ by less than this share. */
  private static final double SAME = 1e-9;

  /** Most samples whose nearest images are searched. */
  private static final int MOST_SEARCHED = 1000;

  private final EvaluatedRun evaluated;
  private final JavaSparkContext spark;
  private final Settings settings;
  private final SampledModel model;
  private final int dimension;
  private final Optional<GaussianMixture> mixture;
  private final Optional<ShardedData> training;
  private final Optional<Real> heldOut;
  private final Measured measured;
  private final double[] levels;
  private final List<Drawn> samples;

  /**
   * The images that are made noisy.
   *
   * @param place where they are, for people
   * @param trainedOn whether the model has seen them
   * @param rows those of the model's distribution, then those that are held out, [n + h, d]
   * @param images n
   * @param range of their values
   */
  private record Measured(
      String place, boolean trainedOn, float[] rows, int images, double range) {}

  private MeasureScore(EvaluatedRun evaluated) throws IOException {
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
    this.samples = heldOut.isPresent() ? samples() : List.of();
  }

  /**
   * Reads the images.
   *
   * @throws DataException if the best denoiser or the images are not known
   */
  public static MeasureScore prepare(EvaluatedRun run) throws IOException {
    return new MeasureScore(run);
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

  private Measured measured(Real real) {
    int wanted = settings.evaluate().score().images();
    if (mixture.isPresent() && evaluated.request().data().isEmpty()) {
      float[] rows = RealRows.draw(mixture.get(), settings.seed(), wanted).rows();
      return new Measured("exact draws of the mixture", false, rows, wanted, range(rows));
    }
    ShardedData data = training.orElseGet(() -> real.shards().orElseThrow());
    String place = training.isPresent() ? settings.data().path() : real.place();
    float[] rows = chosen(data, place, wanted);
    int images = rows.length / dimension;
    if (heldOut.isPresent()) {
      float[] unseen = chosen(heldOut.get().shards().orElseThrow(), heldOut.get().place(), wanted);
      rows = Arrays.copyOf(rows, rows.length + unseen.length);
      System.arraycopy(unseen, 0, rows, images * dimension, unseen.length);
    }
    return new Measured(
        place,
        training.isPresent() || real.trainedOn(),
        rows,
        images,
        data.eightBit() ? 1 : range(rows));
  }

  private float[] chosen(ShardedData data, String place, int wanted) {
    if (data.images() < Jackknife.GROUPS) {
      throw new DataException(
          "%s holds %d images; at least %d are needed to measure the score on them"
              .formatted(place, data.images(), Jackknife.GROUPS));
    }
    int count = (int) Math.min(wanted, data.images());
    return RealRows.choose(spark, data, settings.seed(), count).rows();
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

  private double[] levels() throws IOException {
    Settings.Score score = settings.evaluate().score();
    JobSettings.MeanNoise trained = JobSettings.meanNoise(settings);
    double min = score.sigmaMin() > 0 ? score.sigmaMin() : trained.min();
    double max = score.sigmaMax() > 0 ? score.sigmaMax() : largest(trained);
    if (min > max) {
      throw new DataException(
          "The score needs tweedie.evaluate.score.sigma-min, %s, to be at most sigma-max, %s (where one is 0, it is what was trained)"
              .formatted(min, max));
    }
    return min == max || score.levels() == 1
        ? new double[] {max}
        : NoiseLevels.geometric(max, min, score.levels()).values().stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
  }

  /** Beyond the largest distance of two images there is nothing left to see in a noisy one. */
  private double largest(JobSettings.MeanNoise trained) throws IOException {
    double distance =
        training.isPresent()
            ? evaluated.directory().statistics(spark, training.get()).largestDistance()
            : 0;
    return distance > 0
        ? Math.max(trained.min(), Math.min(trained.max(), distance))
        : trained.max();
  }

  @Override
  public List<ScoreReport> measure() throws IOException {
    long began = System.nanoTime();
    spark.setJobGroup("tweedie evaluate " + evaluated.directory().path(), "score");
    double[] points = points();
    List<Point> found = compare(points);
    List<Level> matched = new ArrayList<>();
    List<Level> fixed = new ArrayList<>();
    List<Integer> copies = settings.evaluate().score().copies();
    for (double level : levels) {
      for (int m : copies) {
        matched.add(level(CopyNoise.ofMean(level, m), points, found));
        fixed.add(level(new CopyNoise(level, m), points, found));
      }
    }
    List<Memorised> memorised = memorised();
    spark.clearJobGroup();
    double seconds = (System.nanoTime() - began) / 1e9;
    ScoreReport report =
        new ScoreReport(
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
            memorised,
            seconds,
            evaluated.overrides());
    evaluated.write("score", report, seconds);
    return List.of(report);
  }

  /** All noises s of the mean of the copies that are asked for, from the smallest. */
  private double[] points() {
    TreeSet<Double> points = new TreeSet<>();
    for (double level : levels) {
      for (int m : settings.evaluate().score().copies()) {
        double s = new CopyNoise(level, m).s();
        addUnlessThere(points, s);
      }
      addUnlessThere(points, level);
    }
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void addUnlessThere(TreeSet<Double> points, double s) {
    Double near =
        points.floor(s * (1 + SAME)); // sqrt(4) of a level may be another, but for rounding
    if (near == null || near < s * (1 - SAME)) {
      points.add(s);
    }
  }

  /** What was measured of all images at one noise; the first index is a number of copies. */
  private static final class Point {
    final double[][] errors;
    final double[][] apart;
    final double[] traces;
    final double[] shrunk;
    final double[] bestErrors;

    Point(int views, int images) {
      errors = new double[views][images];
      apart = new double[views][images];
      traces = new double[images];
      shrunk = new double[images];
      bestErrors = new double[images];
    }

    void take(Compared part, int from) {
      for (int view = 0; view < errors.length; view++) {
        System.arraycopy(part.errors()[view], 0, errors[view], from, part.traces().length);
        System.arraycopy(part.apart()[view], 0, apart[view], from, part.traces().length);
      }
      System.arraycopy(part.traces(), 0, traces, from, part.traces().length);
      System.arraycopy(part.shrunk(), 0, shrunk, from, part.traces().length);
      System.arraycopy(part.bestErrors(), 0, bestErrors, from, part.traces().length);
    }
  }

  private Level level(CopyNoise noise, double[] points, List<Point> found) {
    int nearest = 0;
    for (int i = 1; i < points.length; i++) {
      nearest =
          Math.abs(points[i] - noise.s()) < Math.abs(points[nearest] - noise.s()) ? i : nearest;
    }
    Point point = found.get(nearest);
    int view =
        model.seesCopies() ? settings.evaluate().score().copies().indexOf(noise.copies()) : 0;
    int n = measured.images();
    ScoreError error =
        ScoreError.of(
            noise.s(),
            dimension,
            Arrays.copyOf(point.errors[view], n),
            Arrays.copyOf(point.traces, n),
            Arrays.copyOf(point.apart[view], n),
            Arrays.copyOf(point.shrunk, n));
    return new Level(
        noise.sigma(),
        noise.copies(),
        noise.s(),
        error,
        Psnr.of(error.error().value(), measured.range()),
        Psnr.of(error.floor().value(), measured.range()),
        heldOut.isEmpty()
            ? null
            : new HeldOut(ofUnseen(point.errors[view]), ofUnseen(point.bestErrors)));
  }

  private Estimate ofUnseen(double[] numbers) {
    return Jackknife.ofMean(
        Arrays.stream(numbers, measured.images(), numbers.length)
            .map(number -> number / dimension)
            .toArray());
  }

  private List<Point> compare(double[] points) {
    int images = measured.rows().length / dimension;
    int views = model.seesCopies() ? settings.evaluate().score().copies().size() : 1;
    int together = (int) Math.max(1, VALUES / ((long) images * dimension));
    int inTask = Math.min(MOST_IMAGES_IN_TASK, Math.max(1, VALUES_IN_TASK / dimension));
    int batches = (images + inTask - 1) / inTask;
    model.announce(spark, batches * points.length, Math.min(inTask, images), views);
    Optional<DataPosterior> posterior =
        training.map(data -> new DataPosterior(spark, data.shards(), dimension));
    posterior.ifPresent(of -> of.announce((long) images * points.length, images * together));
    List<Point> found = new ArrayList<>();
    Broadcast<SampledModel> shared = spark.broadcast(model);
    try {
      for (int from = 0; from < points.length; from += together) {
        double[] s = Arrays.copyOfRange(points, from, Math.min(points.length, from + together));
        Noisy noisy = noisy(s);
        Best best =
            posterior.isPresent()
                ? ofData(posterior.get().of(noisy.y(), noisy.s()), noisy)
                : new OfMixture(mixture.orElseThrow());
        found.addAll(compare(shared, noisy, best, views, inTask));
      }
    } finally {
      shared.destroy();
      model.free();
    }
    return found;
  }

  /** All images at each of these noises. */
  private Noisy noisy(double[] levels) {
    int images = measured.rows().length / dimension;
    double[] y = new double[levels.length * images * dimension];
    double[] s = new double[levels.length * images];
    for (int i = 0; i < images; i++) {
      Draws draws = Draws.of(settings.seed(), Purpose.SCORE_ERROR, i, 0);
      for (int j = 0; j < dimension; j++) {
        double n = draws.gaussian();
        for (int level = 0; level < levels.length; level++) {
          y[(level * images + i) * dimension + j] =
              measured.rows()[i * dimension + j] + levels[level] * n;
        }
      }
      for (int level = 0; level < levels.length; level++) {
        s[level * images + i] = levels[level];
      }
    }
    return new Noisy(measured.rows(), y, s);
  }

  @SuppressWarnings("try") // the listener works by being attached
  private List<Point> compare(
      Broadcast<SampledModel> shared, Noisy noisy, Best best, int views, int inTask) {
    int images = measured.rows().length / dimension;
    int levels = noisy.s().length / images;
    List<Block> blocks = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      for (int from = 0; from < images; from += inTask) {
        blocks.add(new Block(level, from, Math.min(images, from + inTask)));
      }
    }
    LongAccumulator done = spark.sc().longAccumulator("noisy images denoised");
    Broadcast<Noisy> sharedNoisy = spark.broadcast(noisy);
    Broadcast<Best> sharedBest = spark.broadcast(best);
    try (Progress progress = Progress.start("error of the score", "images", noisy.s().length);
        TaskProgress attached = TaskProgress.attach(spark.sc(), done, progress)) {
      int[] copies =
          model.seesCopies()
              ? settings.evaluate().score().copies().stream().mapToInt(Integer::intValue).toArray()
              : new int[0];
      List<Compared> parts =
          spark
              .parallelize(blocks, blocks.size())
              .map(
                  new Compare(
                      shared,
                      sharedNoisy,
                      sharedBest,
                      copies,
                      settings.seed(),
                      settings.train().threadsPerWorker(),
                      done))
              .collect();
      List<Point> found = new ArrayList<>();
      for (int level = 0; level < levels; level++) {
        found.add(new Point(views, images));
      }
      for (int i = 0; i < parts.size(); i++) {
        found.get(blocks.get(i).level()).take(parts.get(i), blocks.get(i).from());
      }
      return found;
    } finally {
      sharedNoisy.destroy();
      sharedBest.destroy();
    }
  }

  private static Best ofData(PosteriorSums sums, Noisy noisy) {
    double[] denoised = new double[noisy.y().length];
    sums.denoised(denoised);
    return new OfData(denoised, sums.covarianceTraces());
  }

  /**
   * Noisy images, level by level.
   *
   * @param images clean, [n, d]
   * @param y noisy, [levels, n, d]
   * @param s their noise, [levels, n]
   */
  private record Noisy(float[] images, double[] y, double[] s) implements Serializable {}

  /** Images from..to-1 at one level, the work of one task. */
  private record Block(int level, int from, int to) implements Serializable {}

  /** What is compared of each image of a block; errors and distances for each number of copies. */
  private record Compared(
      double[][] errors, double[][] apart, double[] traces, double[] shrunk, double[] bestErrors)
      implements Serializable {}

  /** The best denoiser D* = E[x | y]. */
  private interface Best extends Serializable {

    /**
     * D* of noisy images first..first+b-1.
     *
     * @return [b, d]
     */
    double[] denoised(Noisy noisy, int first, double[] y, double[] s);

    /** The trace of Cov(x | y) of the same images, [b]. */
    double[] traces(Noisy noisy, int first, double[] y, double[] s);
  }

  private record OfMixture(GaussianMixture mixture) implements Best {

    @Override
    public double[] denoised(Noisy noisy, int first, double[] y, double[] s) {
      double[] denoised = new double[y.length];
      mixture.denoise(y, s, denoised);
      return denoised;
    }

    @Override
    public double[] traces(Noisy noisy, int first, double[] y, double[] s) {
      int d = mixture.dimension();
      return IntStream.range(0, s.length)
          .mapToDouble(
              i ->
                  mixture.posteriorCovarianceTrace(Arrays.copyOfRange(y, i * d, (i + 1) * d), s[i]))
          .toArray();
    }
  }

  /**
   * What {@link DataPosterior} found.
   *
   * @param all D* of all noisy images
   * @param allTraces of all noisy images
   */
  private record OfData(double[] all, double[] allTraces) implements Best {

    @Override
    public double[] denoised(Noisy noisy, int first, double[] y, double[] s) {
      int d = y.length / s.length;
      return Arrays.copyOfRange(all, first * d, first * d + y.length);
    }

    @Override
    public double[] traces(Noisy noisy, int first, double[] y, double[] s) {
      return Arrays.copyOfRange(allTraces, first, first + s.length);
    }
  }

  /**
   * Denoises a block by the model and by the best denoiser.
   *
   * @param copies numbers of copies that the model is shown; empty for one that sees their mean
   *     only
   */
  private record Compare(
      Broadcast<SampledModel> model,
      Broadcast<Noisy> noisy,
      Broadcast<Best> best,
      int[] copies,
      long seed,
      int threads,
      LongAccumulator done)
      implements Function<Block, Compared> {

    @Override
    public Compared call(Block block) {
      TaskResources.take(threads);
      Noisy all = noisy.value();
      int b = block.to() - block.from();
      int d = all.y().length / all.s().length;
      int first = block.level() * (all.images().length / d) + block.from();
      double[] y = Arrays.copyOfRange(all.y(), first * d, (first + b) * d);
      double[] s = Arrays.copyOfRange(all.s(), first, first + b);
      double[] x = new double[b * d];
      for (int j = 0; j < x.length; j++) {
        x[j] = all.images()[block.from() * d + j];
      }
      double[] bestOnes = best.value().denoised(all, first, y, s);
      double[][] denoised = denoised(block, y, s);
      double[][] errors = new double[denoised.length][];
      double[][] apart = new double[denoised.length][];
      for (int view = 0; view < denoised.length; view++) {
        errors[view] = squaredDistances(denoised[view], x, b);
        apart[view] = squaredDistances(denoised[view], bestOnes, b);
      }
      done.add(b);
      return new Compared(
          errors,
          apart,
          best.value().traces(all, first, y, s),
          squaredDistances(bestOnes, y, b),
          squaredDistances(bestOnes, x, b));
    }

    private double[][] denoised(Block block, double[] y, double[] s) {
      long[] images = LongStream.range(block.from(), block.to()).toArray();
      try (Denoiser denoiser = model.value().denoiser()) {
        if (copies.length == 0) {
          double[] denoised = new double[y.length];
          denoiser.forChains(seed, images).denoise(y, s, denoised);
          return new double[][] {denoised};
        }
        double[][] denoised = new double[copies.length][];
        for (int view = 0; view < copies.length; view++) {
          CopyNoise noise = CopyNoise.ofMean(s[0], copies[view]);
          denoised[view] =
              denoiser.forChains(seed, images).denoise(around(images, y, noise), noise);
        }
        return denoised;
      }
    }

    /** Fresh copies of every image whose mean is y, [b, m, d]. */
    private double[] around(long[] images, double[] y, CopyNoise noise) {
      int d = y.length / images.length;
      int m = noise.copies();
      double[] all = new double[m * y.length];
      for (int i = 0; i < images.length; i++) {
        double[] fresh =
            Copies.around(
                Arrays.copyOfRange(y, i * d, (i + 1) * d),
                noise,
                Draws.of(seed, Purpose.SCORE_ERROR, images[i], m));
        System.arraycopy(fresh, 0, all, i * m * d, m * d);
      }
      return all;
    }

    private static double[] squaredDistances(double[] a, double[] b, int n) {
      double[] squares = new double[n];
      for (int j = 0; j < a.length; j++) {
        double apart = a[j] - b[j];
        squares[j / (a.length / n)] += apart * apart;
      }
      return squares;
    }
  }

  /** The samples that were asked for, or those of the run that are enough to say something. */
  private List<Drawn> samples() throws IOException {
    RunDirectory run = evaluated.directory();
    Optional<Path> asked = evaluated.request().samples();
    List<Drawn> drawn = new ArrayList<>();
    if (asked.isPresent() || run.files().exists(new Path(run.path(), "samples"))) {
      for (SampleSet set : SampleSets.of(run, asked, evaluated.conf())) {
        if (asked.isPresent()
            || new SampleDirectory(run.files(), set.path()).done().size() >= Jackknife.GROUPS) {
          drawn.add(
              SampleSets.read(
                  set, model.shape(), Jackknife.GROUPS, MOST_SEARCHED, evaluated.conf()));
        }
      }
    }
    return drawn;
  }

  /** Whether samples lie nearer to the training images than to others of the same kind. */
  private List<Memorised> memorised() {
    List<Memorised> results = new ArrayList<>();
    if (samples.isEmpty()) {
      return results;
    }
    ShardedData seen = training.orElseThrow();
    ShardedData unseen = heldOut.orElseThrow().shards().orElseThrow();
    TrainingNeighbours neighbours =
        new TrainingNeighbours(spark, settings.train().threadsPerWorker());
    for (Drawn set : samples) {
      GeneratedImages images = set.images();
      NearestRows inSeen = neighbours.of(images.pixels(), seen);
      NearestRows inUnseen = neighbours.of(images.pixels(), unseen);
      int n = images.count();
      int nearer =
          (int)
              IntStream.range(0, n).filter(i -> inSeen.distance(i) < inUnseen.distance(i)).count();
      results.add(
          new Memorised(
              set.name(),
              n,
              Estimate.ofShare(nearer, n),
              (double) seen.images() / (seen.images() + unseen.images()),
              inSeen.meanDistance(0, n),
              inUnseen.meanDistance(0, n)));
    }
    return results;
  }
}
