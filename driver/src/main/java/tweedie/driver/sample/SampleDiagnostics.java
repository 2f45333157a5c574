package tweedie.driver.sample;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.device.TaskResources;
import tweedie.driver.model.RunModel;
import tweedie.driver.model.WalkStatistic;
import tweedie.driver.run.Diagnostics;
import tweedie.driver.run.Diagnostics.Level;
import tweedie.driver.run.Diagnostics.Mixing;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Part;
import tweedie.evaluate.samples.Classifier;
import tweedie.sample.ChainDiagnostics;
import tweedie.sample.LevelSums;
import tweedie.sample.Sampler;
import tweedie.sample.walk.WalkJump;

/**
 * Writes {@code diagnostics.json} of all samples of a directory, whichever call drew them, and says
 * in words what looks wrong.
 *
 * @param walkingChains number of chains of a walk; 0 where every sample is a chain
 * @param classifier of the run, if it was evaluated before
 */
record SampleDiagnostics(
    JavaSparkContext spark,
    SampleDirectory directory,
    int walkingChains,
    Optional<Classifier> classifier) {

  private static final Logger LOG = LoggerFactory.getLogger(SampleDiagnostics.class);

  /** At most so many tasks read the files of the samples. */
  private static final int TASKS = 64;

  /**
   * Vehtari et al. 2021 (arXiv 1903.08008) ask for 1.01 before numbers are reported; pictures can
   * be looked at earlier.
   */
  private static final double LARGEST_R_HAT = 1.05;

  /** Effective samples for each half of a chain that the same paper asks for. */
  private static final int EFFECTIVE_SAMPLES_PER_HALF = 50;

  private static final int FEWEST_JUMPS = 4;

  /**
   * @param drawn what this call drew
   * @return what all calls drew
   */
  BatchNotes write(
      RunModel model, Sampler sampler, String description, BatchNotes drawn, double seconds)
      throws IOException {
    List<Part> parts = directory.parts();
    BatchNotes all =
        spark
            .parallelize(parts, Math.max(1, Math.min(TASKS, parts.size())))
            .map(new ReadNotes())
            .collect()
            .stream()
            .reduce(BatchNotes.NONE, BatchNotes::plus);
    List<String> warnings = new ArrayList<>();
    List<Level> levels = levels(model, sampler, all, warnings);
    List<Mixing> mixing = sampler instanceof WalkJump walk ? mixing(model, walk, warnings) : null;
    warnings.forEach(LOG::warn);
    directory.write(
        new Diagnostics(
            model.name(),
            model.round(),
            description,
            all.calls(),
            all.images(),
            drawn.images(),
            all.diverged(),
            seconds,
            drawn.images() / seconds,
            levels,
            mixing,
            warnings));
    return all;
  }

  /** A guide makes scores larger than noise explains, and is meant to. */
  private static List<Level> levels(
      RunModel model, Sampler sampler, BatchNotes notes, List<String> warnings) {
    double[] predicted = sampler.predictedVarianceRatios();
    List<Level> levels = new ArrayList<>();
    for (int level = 0; level < notes.levels().size(); level++) {
      LevelSums sums = notes.levels().get(level);
      double ratio = sums.scoreNorm() * sums.scoreNorm();
      levels.add(
          new Level(
              sums.s(),
              sums.chains(),
              sums.meanSquaredMove(),
              sums.scoreNorm(),
              ratio,
              predicted[level],
              model.isGuided() || ratio <= LevelSums.TOLERANCE * predicted[level]));
    }
    List<Level> refused = levels.stream().filter(level -> !level.accepted()).toList();
    refused.stream()
        .reduce((worst, level) -> excess(level) > excess(worst) ? level : worst)
        .ifPresent(
            worst ->
                warnings.add(
                    String.format(
                        Locale.ROOT,
                        "at %d of %d noise levels the score is larger than the noise explains, most at %.4g, where its square is %.3g times that of the noise (predicted: at most %.3g): the chains carry too much noise, or the score is wrong there",
                        refused.size(),
                        levels.size(),
                        worst.s(),
                        worst.noiseVarianceRatio(),
                        worst.predictedVarianceRatio())));
    return levels;
  }

  private static double excess(Level level) {
    return level.noiseVarianceRatio() / level.predictedVarianceRatio();
  }

  /** How well the chains of a walk have mixed, by statistics of their jumps. */
  private List<Mixing> mixing(RunModel model, WalkJump walk, List<String> warnings)
      throws IOException {
    List<WalkStatistic> statistics = new ArrayList<>(model.walkStatistics(walk.s()));
    classifier.map(WalkStatistic.ClassLabel::new).ifPresent(statistics::add);
    Map<Long, double[]> byId = new TreeMap<>();
    List<String> parts = directory.parts().stream().map(part -> part.file().toString()).toList();
    spark
        .parallelize(parts, Math.max(1, Math.min(TASKS, parts.size())))
        .flatMap(new Measure(statistics))
        .collect()
        .forEach(measured -> byId.put(measured.id(), measured.values()));
    Map<Long, List<double[]>> chains = new TreeMap<>();
    byId.forEach(
        (id, values) ->
            chains.computeIfAbsent(id % walkingChains, none -> new ArrayList<>()).add(values));
    int draws = chains.values().stream().mapToInt(List::size).max().orElse(0);
    // those that were stopped or have made a jump less are left out
    int common = chains.values().stream().mapToInt(List::size).min().orElse(0);
    int length = common >= FEWEST_JUMPS && draws - common <= 1 ? common : draws;
    List<List<double[]>> whole =
        chains.values().stream().filter(chain -> chain.size() >= length).toList();
    if (length < FEWEST_JUMPS) {
      warnings.add(
          "mixing cannot be judged from %d jumps a chain; it takes %d: ask for more samples or fewer tweedie.sample.walk-jump.chains"
              .formatted(length, FEWEST_JUMPS));
      return List.of();
    }
    List<Mixing> mixing = new ArrayList<>();
    for (int k = 0; k < statistics.size(); k++) {
      int statistic = k;
      double[][] series =
          whole.stream()
              .map(
                  chain ->
                      chain.stream()
                          .limit(length)
                          .mapToDouble(values -> values[statistic])
                          .toArray())
              .toArray(double[][]::new);
      mixing.add(mixing(statistics.get(k).name(), series, warnings));
    }
    return mixing;
  }

  private static Mixing mixing(String name, double[][] series, List<String> warnings) {
    double rHat = ChainDiagnostics.splitRHat(series);
    double effective = ChainDiagnostics.effectiveSampleSize(series);
    long enough = 2L * series.length * EFFECTIVE_SAMPLES_PER_HALF;
    if (rHat > LARGEST_R_HAT) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "the chains have not mixed: split R-hat of %s is %.3f, more than %s. Walk longer, or at larger noise",
              name,
              rHat,
              LARGEST_R_HAT));
    } else if (effective < Math.min(enough, (long) series.length * series[0].length / 2)) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%d jumps are worth %.0f independent samples by %s",
              series.length * series[0].length,
              effective,
              name));
    }
    return new Mixing(
        name,
        series.length,
        series[0].length,
        finite(rHat),
        finite(effective),
        finite(ChainDiagnostics.autocorrelationTime(series)));
  }

  /** The number, or null where all draws are the same and it does not exist. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private record ReadNotes() implements Function<Part, BatchNotes> {
    @Override
    public BatchNotes call(Part part) throws IOException {
      return BatchNotes.read(part, TaskResources.hadoop());
    }
  }

  private record Measured(long id, double[] values) implements Serializable {}

  /** The statistics of every image of a file. */
  private record Measure(List<WalkStatistic> statistics)
      implements FlatMapFunction<String, Measured> {

    @Override
    public Iterator<Measured> call(String file) throws IOException {
      List<LabeledImage> images = new ArrayList<>();
      try (ShardReader reader = ShardReader.open(new Shard(file, 0), TaskResources.hadoop())) {
        reader.forEachRemaining(images::add);
      }
      float[] rows = ImageRows.of(images);
      List<double[]> values =
          statistics.stream().map(statistic -> statistic.of(rows, images.size())).toList();
      List<Measured> measured = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        int image = i;
        measured.add(
            new Measured(
                images.get(i).id(), values.stream().mapToDouble(all -> all[image]).toArray()));
      }
      return measured.iterator();
    }
  }
}
