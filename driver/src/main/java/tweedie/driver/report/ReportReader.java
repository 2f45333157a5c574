package tweedie.driver.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.NumberText;
import tweedie.driver.report.Card.Command;
import tweedie.driver.report.Card.Fact;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.SampleDirectory;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.round.RoundMetrics;
import tweedie.train.round.RoundWarnings;

/** Reads all that a report shows of a run. */
final class ReportReader {

  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
  private static final double LOW = 0.1;
  private static final double HIGH = 0.9;

  /**
   * What the template page/report.html shows; null and empty parts are left out, or the page says
   * which command makes them.
   *
   * @param refreshSeconds after so many seconds it loads itself again; never for 0
   * @param chains their noise
   * @param noDenoising why the strip is not there
   * @param training charts of the rounds
   * @param byCalls quality over calls
   * @param knowledge of classes, codes and the middle of the network
   */
  record ReportPage(
      String title,
      int refreshSeconds,
      boolean live,
      String run,
      String written,
      List<Fact> facts,
      List<Card> cards,
      List<String> warnings,
      List<ReportSamples> samples,
      Chart chains,
      DenoisingStrip denoising,
      String noDenoising,
      List<Chart> training,
      ReportLikelihood likelihood,
      List<ReportQuality> quality,
      List<Chart> byCalls,
      ReportScore score,
      List<ReportKnowledge> knowledge,
      String settings,
      List<Command> commands) {}

  private final RunDirectory run;
  private final Configuration hadoop;

  /** That of the newest checkpoint when the page was last written: it takes a while. */
  private Optional<DenoisingStrip> strip = Optional.empty();

  ReportReader(RunDirectory run, Configuration hadoop) {
    this.run = run;
    this.hadoop = hadoop;
  }

  /**
   * The page as it is now.
   *
   * @param refreshSeconds after which it loads itself again; never for 0
   * @throws DataException if there is no run, or nothing in it to show
   */
  ReportPage read(int refreshSeconds) throws IOException {
    LoadedSettings loaded = settings();
    Settings settings = loaded.settings();
    List<RoundMetrics> rounds = run.metrics(Integer.MAX_VALUE);
    List<ReportSamples> samples = ReportSamples.of(run);
    if (rounds.isEmpty() && samples.isEmpty()) {
      throw new DataException(
          "The run %s has no metrics.jsonl and no samples: there is nothing to report. Train it first."
              .formatted(run.path()));
    }
    // a run that has lost all of them is shown as well
    Optional<Checkpoint> checkpoint =
        run.checkpoints().latest().map(it -> it.sound(run.checkpoints().path(it.state().round())));
    String noDenoising = denoise(checkpoint, settings);
    ReportEvaluation evaluation = ReportEvaluation.of(run);
    List<ReportQuality> quality = quality(evaluation.samples(), settings.data().path());
    Optional<ReportLikelihood> likelihood =
        evaluation.likelihood().map(found -> ReportLikelihood.of(found, evaluation.ofImages()));
    Optional<ReportScore> score = evaluation.score().map(ReportScore::of);
    List<ReportKnowledge> knowledge = ReportKnowledge.of(evaluation);
    Recipe commands = new Recipe(run, loaded);
    return new ReportPage(
        run.path().getName() + " - Tweedie",
        refreshSeconds,
        refreshSeconds > 0,
        Recipe.shown(run.path()),
        MINUTE.format(ZonedDateTime.now(ZoneOffset.UTC)) + " UTC",
        facts(settings, checkpoint, rounds),
        cards(rounds, likelihood, evaluation.samples()),
        rounds.isEmpty() ? List.of() : RoundWarnings.of(rounds),
        samples,
        ReportSamples.noise(samples),
        strip.orElse(null),
        noDenoising,
        rounds.isEmpty() ? List.of() : new ReportCharts(rounds).all(),
        likelihood.orElse(null),
        quality,
        ReportQuality.byCalls(evaluation.samples(), samples),
        score.orElse(null),
        knowledge,
        loaded.resolved(),
        commands.all(samples, quality, likelihood, score, knowledge));
  }

  private LoadedSettings settings() throws IOException {
    try {
      String name = run.path() + "/" + RunDirectory.CONFIG;
      return SettingsLoader.load(new ConfigText(name, run.config()));
    } catch (FileNotFoundException e) {
      throw new DataException(
          "%s is not the directory of a run: it has no %s. `tweedie train --run` makes one."
              .formatted(run.path(), RunDirectory.CONFIG),
          e);
    }
  }

  /**
   * Makes the strip of the newest checkpoint, unless it is there.
   *
   * @return why it cannot be made; empty where it is there
   */
  private String denoise(Optional<Checkpoint> checkpoint, Settings settings) throws IOException {
    if (checkpoint.isEmpty()) {
      strip = Optional.empty();
      return "There is no checkpoint yet.";
    }
    try {
      if (strip.filter(there -> there.round() == checkpoint.get().state().round()).isEmpty()) {
        strip = Optional.of(DenoisingStrip.of(checkpoint.get(), settings, hadoop));
      }
      return "";
    } catch (DataException e) {
      strip = Optional.empty();
      return e.getMessage() + ".";
    }
  }

  /** A section for every set of samples that was measured. */
  private List<ReportQuality> quality(List<SamplesResult> sets, String trainingData)
      throws IOException {
    List<ReportQuality> sections = new ArrayList<>();
    for (SamplesResult set : sets) {
      Path directory = new Path(run.path(), "samples/" + set.name());
      boolean drawn = run.files().exists(directory);
      Optional<NearestPairs> nearest =
          trainingData.isEmpty()
              ? Optional.empty()
              : NearestPairs.of(
                  set,
                  new SampleDirectory(run.files(), directory),
                  FileSystems.path(trainingData),
                  hadoop);
      sections.add(ReportQuality.of(set, drawn ? set.name() : set.source(), nearest));
    }
    return sections;
  }

  private List<Fact> facts(
      Settings settings, Optional<Checkpoint> checkpoint, List<RoundMetrics> rounds)
      throws IOException {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Run", Recipe.shown(run.path())));
    if (settings.model().oracle() != Settings.Oracle.NONE) {
      facts.add(new Fact("Model", "an oracle, which needs no training"));
    }
    if (checkpoint.isPresent()) {
      facts.add(
          new Fact(
              "Model",
              "%s of %s parameters; it sees %s %d copies"
                  .formatted(
                      settings.model().network().name().toLowerCase(Locale.ROOT),
                      NumberText.count(checkpoint.get().state().parameters().length),
                      settings.model().input().name().equals("MEAN") ? "the mean of" : "all",
                      settings.noise().copies())));
      String place = settings.data().place();
      checkpoint
          .get()
          .origin()
          .ifPresent(origin -> facts.add(new Fact("Data", place + ": " + origin.data())));
    }
    FromSettings.MeanNoise noise = FromSettings.meanNoise(settings);
    facts.add(
        new Fact(
            "Noise",
            "s of the mean of the copies from %s, in the scale of the data (pixels in [0, 1])"
                .formatted(NumberText.range(noise.min(), noise.max()))));
    if (!rounds.isEmpty()) {
      RoundMetrics last = rounds.get(rounds.size() - 1);
      facts.add(
          new Fact(
              "Training",
              "%s images seen in %d rounds, %d of %d epochs, %s; workers: %d"
                  .formatted(
                      NumberText.count(last.imagesSeen()),
                      last.round(),
                      last.epoch(),
                      settings.train().epochs(),
                      time(rounds.stream().mapToDouble(RoundMetrics::seconds).sum()),
                      last.workers())));
      List<String> engines =
          rounds.stream()
              .map(RoundMetrics::engines)
              .filter(Objects::nonNull)
              .flatMap(List::stream)
              .distinct()
              .toList();
      if (!engines.isEmpty()) {
        facts.add(new Fact("Computed by", String.join("; ", engines)));
      }
    }
    return facts;
  }

  private static String time(double seconds) {
    long minutes = Math.round(seconds / 60);
    return minutes < 2
        ? "%.0f s".formatted(seconds)
        : minutes < 120 ? minutes + " min" : "%.1f h".formatted(seconds / 3600);
  }

  private static List<Card> cards(
      List<RoundMetrics> rounds,
      Optional<ReportLikelihood> likelihood,
      List<SamplesResult> samples) {
    List<Card> cards = new ArrayList<>();
    likelihood.ifPresent(found -> cards.add(found.card()));
    if (!rounds.isEmpty()) {
      rounds.stream()
          .filter(round -> round.validationLoss() != null)
          .min(Comparator.comparingDouble(RoundMetrics::validationLoss))
          .ifPresent(best -> cards.add(validation(best, rounds)));
      RoundMetrics last = rounds.get(rounds.size() - 1);
      cards.add(
          Card.of(
              "Training loss",
              Point.of(0, last.loss()),
              "weighted squared error, without unit; mean over the last round"));
    }
    cards.addAll(ReportQuality.cards(samples));
    if (!rounds.isEmpty()) {
      double[] speed = rounds.stream().mapToDouble(RoundMetrics::imagesPerSecond).toArray();
      cards.add(
          new Card(
              "Throughput, images/s",
              NumberText.text(ReportCharts.quantile(speed, 0.5)),
              "80 % of the rounds: "
                  + NumberText.range(
                      ReportCharts.quantile(speed, LOW), ReportCharts.quantile(speed, HIGH)),
              "median of the rounds"));
    }
    return cards;
  }

  private static Card validation(RoundMetrics best, List<RoundMetrics> rounds) {
    long images = best.validationLossByNoise().stream().mapToLong(bin -> bin.images()).sum();
    return Card.of(
        "Validation loss",
        Point.of(0, best.validationLoss()),
        "least of all rounds, in round %d of %d; weighted squared error, without unit, of %s held-out images"
            .formatted(
                best.round(), rounds.get(rounds.size() - 1).round(), NumberText.count(images)));
  }
}
