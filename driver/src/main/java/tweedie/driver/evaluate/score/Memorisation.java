package tweedie.driver.evaluate.score;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.GeneratedImages;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.SampleSet;
import tweedie.driver.evaluate.SampleSet.Drawn;
import tweedie.driver.evaluate.TrainingNeighbours;
import tweedie.driver.evaluate.score.ScoreResult.Memorised;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Part;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.NearestRows;

/**
 * Whether samples lie nearer to the training images than to others of the same kind.
 *
 * @param seen images that were trained on
 * @param unseen images that were not
 */
record Memorisation(EvaluatedRun run, List<Drawn> samples, ShardedData seen, ShardedData unseen) {

  /** Most samples whose nearest images are searched. */
  private static final int MOST_SEARCHED = 1000;

  /**
   * Reads the samples that were asked for, or those of the run that are enough to say something.
   *
   * @throws DataException if those that were asked for cannot be measured
   */
  static Memorisation of(EvaluatedRun run, ShardedData seen, ShardedData unseen)
      throws IOException {
    FileSystem files = run.directory().files();
    boolean asked = run.request().samples().isPresent();
    List<Drawn> drawn = new ArrayList<>();
    if (asked || files.exists(new Path(run.directory().path(), "samples"))) {
      for (SampleSet set : SampleSet.of(run)) {
        if (asked || count(new SampleDirectory(files, set.path())) >= HalfSamples.GROUPS) {
          drawn.add(set.read(seen.shape(), HalfSamples.GROUPS, MOST_SEARCHED, run.conf()));
        }
      }
    }
    return new Memorisation(run, drawn, seen, unseen);
  }

  private static long count(SampleDirectory samples) throws IOException {
    return samples.parts().stream().mapToLong(Part::chains).sum();
  }

  /** Searches the nearest images of all samples. */
  List<Memorised> measured() {
    List<Memorised> results = new ArrayList<>();
    for (Drawn set : samples) {
      GeneratedImages images = set.images();
      NearestRows inSeen = TrainingNeighbours.of(run, images.pixels(), seen);
      NearestRows inUnseen = TrainingNeighbours.of(run, images.pixels(), unseen);
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
