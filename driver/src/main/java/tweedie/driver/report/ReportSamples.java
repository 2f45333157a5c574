package tweedie.driver.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.PagePicture;
import tweedie.driver.page.Table;
import tweedie.driver.run.Diagnostics;
import tweedie.driver.run.Diagnostics.Mixing;
import tweedie.driver.run.RunDirectory;
import tweedie.sample.LevelSums;

/**
 * What a report shows of a directory of samples.
 *
 * @param round of the model that they were drawn from; 0 of one that was not trained
 * @param calls of the denoiser for each chain
 * @param grid the first of them; null where they are no pictures
 * @param strip how some form; null where they are no pictures
 * @param warnings what looked wrong when they were drawn
 * @param noise of the chains, level by level, over the most that the method predicts; empty where
 *     it was not measured
 * @param mixing of a walk; null of others
 */
record ReportSamples(
    String name,
    String about,
    int round,
    long count,
    long calls,
    PagePicture grid,
    PagePicture strip,
    List<String> warnings,
    List<Point> noise,
    Table mixing) {

  /** All directories of samples that are complete enough to have diagnostics. */
  static List<ReportSamples> of(RunDirectory run) throws IOException {
    List<ReportSamples> samples = new ArrayList<>();
    for (FileStatus file : run.found("samples/*/" + Diagnostics.FILE)) {
      samples.add(of(run, file.getPath()));
    }
    return samples;
  }

  private static ReportSamples of(RunDirectory run, Path file) throws IOException {
    Diagnostics read = run.result(file, Diagnostics.class);
    Path directory = file.getParent();
    String name = directory.getName();
    List<String> warnings = new ArrayList<>(read.warnings());
    if (!read.divergedChains().isEmpty()) {
      warnings.add(
          "%d chains were stopped because a value was not finite"
              .formatted(read.divergedChains().size()));
    }
    return new ReportSamples(
        name,
        "%s samples of %s by %s; %s calls of the denoiser for each chain."
            .formatted(
                NumberText.count(read.samples()),
                read.model(),
                read.sampler(),
                NumberText.count(read.callsPerChain())),
        read.round(),
        read.samples(),
        read.callsPerChain(),
        picture(run, new Path(directory, "grid.png"), "samples drawn by " + name),
        picture(run, new Path(directory, "strip.png"), "how samples form by " + name),
        warnings,
        read.levels().stream()
            .map(of -> Point.of(of.s(), of.noiseVarianceRatio() / of.predictedVarianceRatio()))
            .toList(),
        mixing(read.mixing()));
  }

  private static PagePicture picture(RunDirectory run, Path file, String alt) throws IOException {
    if (!run.files().exists(file)) {
      return null;
    }
    try (FSDataInputStream in = run.files().open(file)) {
      return new PagePicture(in.readAllBytes(), alt);
    }
  }

  /** The noise of the chains of all sets; null where it was not measured. */
  static Chart noise(List<ReportSamples> sets) {
    List<Series> series = new ArrayList<>();
    TreeSet<Double> levels = new TreeSet<>();
    for (ReportSamples set : sets) {
      if (set.noise.size() > 1) {
        series.add(new Series(set.name, Drawn.LINE, set.noise));
        set.noise.forEach(level -> levels.add(level.x()));
      }
    }
    if (series.isEmpty()) {
      return null;
    }
    series.add(
        new Series(
            "too much",
            Drawn.DASHED,
            Stream.of(levels.first(), levels.last())
                .map(s -> Point.of(s, LevelSums.TOLERANCE))
                .toList()));
    return new Chart(
        "Noise of the chains",
        "Its variance, as the score tells it, over the most that the method predicts at this level;"
            + " without unit. Above the dashed line chains carry too much noise, or the score is"
            + " wrong.",
        Axis.log("noise level s"),
        Axis.linear("variance / most predicted"),
        series);
  }

  private static Table mixing(List<Mixing> mixing) {
    return mixing == null || mixing.isEmpty()
        ? null
        : new Table(
            List.of("statistic", "split R-hat", "effective samples", "autocorrelation, jumps"),
            mixing.stream()
                .map(
                    of ->
                        List.of(
                            of.statistic(),
                            text(of.rHat()),
                            text(of.effectiveSamples()),
                            text(of.autocorrelationJumps())))
                .toList());
  }

  private static String text(Double number) {
    return NumberText.text(number == null ? Double.NaN : number);
  }
}
