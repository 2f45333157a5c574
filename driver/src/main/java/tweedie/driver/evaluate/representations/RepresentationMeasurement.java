package tweedie.driver.evaluate.representations;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.representations.RepresentationResult.Augmented;
import tweedie.driver.evaluate.representations.RepresentationResult.Probed;
import tweedie.driver.model.BatchSize;
import tweedie.driver.model.CodeFlow;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.representations.Augmentation;
import tweedie.evaluate.representations.LabelledRows;
import tweedie.evaluate.representations.LinearProbe;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Measures what the codes of images and the middle of the network know of them, and writes {@code
 * evaluation/representations.json}.
 */
public final class RepresentationMeasurement implements Measurement {

  private static final int FEWEST = 2;

  /** A task holds the values of the whole network and of its first half. */
  private static final int TIMES = 2;

  private final EvaluatedRun run;
  private final Settings.Representations settings;
  private final RunModel model;
  private final FlowCodes flow;
  private final double[] noise;
  private final Real real;
  private final int tests;
  private final Optional<ProbeImages> probe;

  /**
   * Looks at what there is to measure.
   *
   * @throws DataException if the model has no codes, or images are too few or do not go together
   */
  public RepresentationMeasurement(EvaluatedRun run) throws IOException {
    this.run = run;
    this.settings = run.settings().evaluate().representations();
    this.model = run.model();
    this.flow = CodeFlow.of(run.directory(), run.settings());
    this.noise =
        model.isNetwork()
            ? settings.noise().stream().mapToDouble(Double::doubleValue).toArray()
            : new double[0];
    this.real = run.real();
    long there = ProbeImages.available(real);
    if (there < FEWEST) {
      throw new DataException(
          "%s holds one image; distances are measured by that of two".formatted(real.place()));
    }
    this.tests = (int) Math.min(settings.testImages(), there);
    this.probe = ProbeImages.of(run, real, tests, settings.images());
  }

  @Override
  public List<RepresentationResult> measure() throws IOException {
    long began = System.nanoTime();
    List<Probed> probes = probe.isPresent() ? probes(probe.get()) : List.of();
    int changed = (int) Math.min(settings.augmentedImages(), ProbeImages.available(real));
    List<Augmented> augmentations = augmentations(changed);
    double seconds = (System.nanoTime() - began) / 1e9;
    RepresentationResult result =
        new RepresentationResult(
            model.name(),
            model.round(),
            real.place(),
            real.trainedOn(),
            flow.smallest(),
            flow.largest(),
            probe.map(images -> images.from().place()).orElse(""),
            probe.map(ProbeImages::count).orElse(0),
            probe.isPresent() ? tests : 0,
            probes,
            changed,
            augmentations,
            seconds,
            run.overrides());
    run.write("representations", result, seconds);
    return List.of(result);
  }

  private List<Probed> probes(ProbeImages images) {
    Represented training =
        represented("probes learn", images.from(), images.skipped(), images.count());
    Represented test = represented("probes are tested", real, 0, tests);
    List<Probed> probes = new ArrayList<>();
    for (int view = 0; view < training.views().length; view++) {
      LabelledRows learned = training.in(view);
      LinearProbe found = LinearProbe.of(learned, test.in(view), images.classes());
      probes.add(
          new Probed(
              RepresentTask.name(view),
              view < RepresentTask.PIXELS_AND_CODES
                  ? 0
                  : noise[view - RepresentTask.PIXELS_AND_CODES],
              learned.length(),
              found.ridge(),
              found.accuracy()));
    }
    return probes;
  }

  private Represented represented(String description, Real images, int skipped, int count) {
    return Represented.joined(
        tasks(
            description,
            images,
            skipped,
            count,
            (broadcast, done) ->
                new RepresentTask(broadcast, flow, noise, seed(), threads(), done)));
  }

  private List<Augmented> augmentations(int count) {
    List<Moved> moved =
        tasks(
                "images are changed",
                real,
                0,
                count,
                (broadcast, done) -> new AugmentTask(broadcast, flow, seed(), threads(), done))
            .stream()
            .flatMap(List::stream)
            .toList();
    List<Augmentation> changes = Augmentation.of(model.shape());
    List<Augmented> augmentations = new ArrayList<>();
    for (int a = 0; a < changes.size(); a++) {
      augmentations.add(
          new Augmented(
              changes.get(a).toString(),
              Moved.inPixels(moved, a),
              Moved.inCodes(moved, a),
              Moved.alike(moved, a)));
    }
    return augmentations;
  }

  /** What is done to a batch of images. */
  private interface Work<R> {
    Function<RealImages, R> with(Broadcast<RunModel> broadcast, LongAccumulator done);
  }

  private <R> List<R> tasks(String description, Real images, int skipped, int count, Work<R> work) {
    try (CountedJob job = run.job(description)) {
      job.atEnd(model::free);
      List<RealImages> parts =
          RealImages.after(
              skipped,
              run,
              images,
              Draws.of(seed(), Purpose.REPRESENTATION, -1, -1),
              count,
              BatchSize.useful(run.spark(), model, TIMES));
      LongAccumulator done = job.count(description, "images", count);
      return run.spark()
          .parallelize(parts, parts.size())
          .map(work.with(job.broadcast(model), done))
          .collect();
    }
  }

  private long seed() {
    return run.settings().seed();
  }

  private int threads() {
    return run.settings().train().threadsPerWorker();
  }
}
