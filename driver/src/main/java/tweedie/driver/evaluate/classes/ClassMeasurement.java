package tweedie.driver.evaluate.classes;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.model.BatchSize;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Estimate;
import tweedie.sample.NoiseLevels;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Measures how often an image is most likely under its own class, and writes {@code
 * evaluation/classes.json}.
 */
public final class ClassMeasurement implements Measurement {

  private final EvaluatedRun run;
  private final Settings.ByDensity settings;
  private final RunModel model;
  private final Real real;
  private final double[] levels;

  /**
   * Looks at what there is to measure.
   *
   * @throws DataException if the model knows no classes or the images have none
   */
  public ClassMeasurement(EvaluatedRun run) throws IOException {
    this.run = run;
    this.settings = run.settings().evaluate().classDensity();
    this.model = run.model();
    if (model.classes() == 0) {
      throw new DataException(
          "--what classes needs a model that knows classes, and %s was trained without: tweedie.model.classes = auto trains one"
              .formatted(model.name()));
    }
    this.real = run.real();
    if (real.shards().isPresent()) {
      int there = real.shards().get().classes();
      if (there == 0 || there > model.classes()) {
        throw new DataException(
            "%s has %d classes, the model knows %d"
                .formatted(real.place(), there, model.classes()));
      }
    }
    FromSettings.MeanNoise trained = FromSettings.meanNoise(run.settings());
    NoiseLevels spaced =
        NoiseLevels.geometric(
            settings.sigmaMax() > 0 ? settings.sigmaMax() : trained.max(),
            settings.sigmaMin() > 0 ? settings.sigmaMin() : trained.min(),
            settings.levels());
    this.levels = IntStream.range(0, spaced.count()).mapToDouble(spaced::at).sorted().toArray();
  }

  @Override
  public List<ClassResult> measure() throws IOException {
    long began = System.nanoTime();
    long seed = run.settings().seed();
    int count =
        (int)
            Math.min(
                settings.images(), real.shards().map(ShardedData::images).orElse(Long.MAX_VALUE));
    List<int[]> found;
    try (CountedJob job = run.job("classes by density")) {
      job.atEnd(model::free);
      List<RealImages> parts =
          RealImages.of(
              run,
              real,
              Draws.of(seed, Purpose.CLASS, -1, -1),
              count,
              BatchSize.useful(run.spark(), model, 1));
      LongAccumulator done = job.count("classes by density", "images", count);
      found =
          run
              .spark()
              .parallelize(parts, parts.size())
              .map(
                  new ClassTask(
                      job.broadcast(model),
                      levels,
                      settings.noise(),
                      seed,
                      run.settings().train().threadsPerWorker(),
                      done))
              .collect()
              .stream()
              .flatMap(Arrays::stream)
              .toList();
    }
    int right = (int) found.stream().filter(image -> image[0] == image[1]).count();
    double seconds = (System.nanoTime() - began) / 1e9;
    ClassResult result =
        new ClassResult(
            model.name(),
            model.round(),
            real.place(),
            real.trainedOn(),
            found.size(),
            levels,
            settings.noise(),
            Estimate.ofShare(right, found.size()),
            ClassResult.classes(found, names()),
            seconds,
            run.overrides());
    run.write("classes", result, seconds);
    return List.of(result);
  }

  private List<String> names() {
    List<String> names = real.shards().map(ShardedData::classNames).orElse(List.of());
    return IntStream.range(0, model.classes())
        .mapToObj(k -> k < names.size() ? names.get(k) : Integer.toString(k))
        .toList();
  }
}
