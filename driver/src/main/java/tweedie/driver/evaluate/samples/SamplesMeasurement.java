package tweedie.driver.evaluate.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.SampleSet;
import tweedie.driver.evaluate.SampleSet.Drawn;
import tweedie.evaluate.HalfSamples;

/**
 * Measures the samples of a run against real images, and writes {@code
 * evaluation/samples-NAME.json}.
 *
 * <p>By default every directory of samples is measured against the training data. All sets are read
 * and checked before anything is trained or written.
 */
public final class SamplesMeasurement implements Measurement {

  private final EvaluatedRun run;
  private final List<Drawn> samples = new ArrayList<>();
  private final SampleComparison comparison;

  /**
   * Reads the samples and the real images, and trains the classifier where there is none yet.
   *
   * @throws DataException if they cannot be measured
   */
  public SamplesMeasurement(EvaluatedRun run) throws IOException {
    this.run = run;
    ImageShape shape = run.shape();
    Real real = run.real();
    for (SampleSet set : SampleSet.of(run)) {
      samples.add(set.read(shape, fewest(), run.settings().evaluate().images(), run.conf()));
    }
    int most = samples.stream().mapToInt(set -> set.images().count()).max().orElseThrow();
    float[] rows = RealImages.rows(run, real, 2 * half(real, most));
    if (equal(rows)) {
      throw new DataException(
          "All pixels of the images of %s are equal, %s: nothing can be measured against them"
              .formatted(real.place(), rows[0]));
    }
    Optional<NetworkFeatures> network = Optional.empty();
    if (run.request().features().isPresent()) {
      network = Optional.of(NetworkFeatures.of(run.request().features().get(), shape, run.conf()));
    }
    Optional<ShardedData> training = run.training();
    Optional<RealClasses> classes = Optional.empty();
    if (!shape.vector() && run.settings().evaluate().classes()) {
      ShardedData labelled =
          training.orElseThrow(
              () ->
                  new DataException(
                      "Classes need the training data: give -D tweedie.data.path, or -D"
                          + " tweedie.evaluate.classes=false to measure pixels only"));
      EvaluatedRun.checkShape(labelled, shape);
      classes = Optional.of(RealClasses.of(run, labelled, real));
    }
    comparison =
        new SampleComparison(
            run, shape, real, rows, classes, network, training.filter(data -> !real.trainedOn()));
  }

  @Override
  public List<SamplesResult> measure() throws IOException {
    List<SamplesResult> results = new ArrayList<>();
    for (Drawn set : samples) {
      SamplesResult measured = comparison.measure(set);
      run.write("samples-" + measured.name(), measured, measured.seconds());
      results.add(measured);
    }
    return results;
  }

  private static boolean equal(float[] values) {
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }

  /** Fewest samples that every metric can be measured on. */
  private int fewest() {
    return HalfSamples.fewest(run.settings().evaluate().neighbours() + 1);
  }

  /** How many real images are compared; as many others are their floor. */
  private int half(Real real, int samples) {
    long half = real.shards().map(data -> data.images() / 2).orElse((long) samples);
    if (half < fewest()) {
      throw new DataException(
          "%s holds %d images; at least %d are needed, two halves of %d"
              .formatted(
                  real.place(), real.shards().orElseThrow().images(), 2 * fewest(), fewest()));
    }
    return (int) Math.min(half, samples);
  }
}
