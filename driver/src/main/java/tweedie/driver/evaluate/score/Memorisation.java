package tweedie.driver.evaluate.score;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.GeneratedImages;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.SampleSets;
import tweedie.driver.evaluate.SampleSets.Drawn;
import tweedie.driver.evaluate.SampleSets.SampleSet;
import tweedie.driver.evaluate.TrainingNeighbours;
import tweedie.driver.evaluate.score.ScoreResult.Memorised;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.SampleDirectory;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.Jackknife;
import tweedie.evaluate.samples.NearestRows;

/**
 * Whether samples lie nearer to the training images than to others of the same kind.
 *
 * @param seen images that were trained on
 * @param unseen images that were not
 */
record Memorisation(
    TrainingNeighbours neighbours, List<Drawn> samples, ShardedData seen, ShardedData unseen) {

  /** Most samples whose nearest images are searched. */
  private static final int MOST_SEARCHED = 1000;

  /**
   * Reads the samples.
   *
   * @throws DataException if those that were asked for cannot be measured
   */
  static Memorisation of(
      EvaluatedRun evaluated, ImageShape shape, ShardedData seen, ShardedData unseen)
      throws IOException {
    return new Memorisation(
        new TrainingNeighbours(evaluated.spark(), evaluated.settings().train().threadsPerWorker()),
        samples(evaluated, shape),
        seen,
        unseen);
  }

  /** The samples that were asked for, or those of the run that are enough to say something. */
  private static List<Drawn> samples(EvaluatedRun evaluated, ImageShape shape) throws IOException {
    RunDirectory run = evaluated.directory();
    Optional<Path> asked = evaluated.request().samples();
    List<Drawn> drawn = new ArrayList<>();
    if (asked.isPresent() || run.files().exists(new Path(run.path(), "samples"))) {
      for (SampleSet set : SampleSets.of(run, asked, evaluated.conf())) {
        if (asked.isPresent()
            || new SampleDirectory(run.files(), set.path()).done().size() >= Jackknife.GROUPS) {
          drawn.add(SampleSets.read(set, shape, Jackknife.GROUPS, MOST_SEARCHED, evaluated.conf()));
        }
      }
    }
    return drawn;
  }

  /** Searches the nearest images of all samples. */
  List<Memorised> measured() {
    List<Memorised> results = new ArrayList<>();
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
