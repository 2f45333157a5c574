package tweedie.driver.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tweedie.driver.evaluate.classes.ClassResult;
import tweedie.driver.evaluate.representations.RepresentationResult;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.Table;
import tweedie.driver.report.Recipe.Provenance;
import tweedie.evaluate.Estimate;

/**
 * What a report shows of what a model knows besides how to draw: classes, or what can be read off
 * its codes and its middle.
 *
 * @param what to measure, as {@code evaluate --what} takes it
 */
record ReportKnowledge(
    String name, String about, String what, Provenance asked, List<Table> tables) {

  /** All that was measured. */
  static List<ReportKnowledge> of(ReportEvaluation evaluation) {
    return Stream.concat(
            evaluation.classes().map(ReportKnowledge::of).stream(),
            evaluation.representations().map(ReportKnowledge::of).stream())
        .toList();
  }

  private static ReportKnowledge of(ClassResult measured) {
    Provenance asked =
        new Provenance(
            measured.data(), measured.trainedOn(), measured.round(), measured.overrides());
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("all", NumberText.count(measured.images()), text(measured.accuracy())));
    for (ClassResult.OfClass of : measured.classes()) {
      rows.add(List.of(of.name(), NumberText.count(of.images()), text(of.accuracy())));
    }
    return new ReportKnowledge(
        "Classes by density",
        "%s on %s images of %s: the class under which an image is most likely, at %d noise levels from %s."
            .formatted(
                measured.model(),
                NumberText.count(measured.images()),
                asked.images(),
                measured.levels().length,
                NumberText.range(
                    measured.levels()[0], measured.levels()[measured.levels().length - 1])),
        "classes",
        asked,
        List.of(new Table(List.of("class", "images", "recognised"), rows)));
  }

  private static ReportKnowledge of(RepresentationResult measured) {
    Provenance asked =
        new Provenance(
            measured.data(), measured.trainedOn(), measured.round(), measured.overrides());
    List<List<String>> probes =
        measured.probes().stream()
            .map(
                probe ->
                    List.of(
                        probe.of()
                            + (probe.noise() > 0
                                ? " at noise " + NumberText.text(probe.noise())
                                : ""),
                        NumberText.count(probe.values()),
                        text(probe.accuracy())))
            .toList();
    List<List<String>> changes =
        measured.augmentations().stream()
            .map(
                change ->
                    List.of(
                        change.how(),
                        text(change.pixels()),
                        text(change.codes()),
                        change.alike() == null ? "-" : text(change.alike())))
            .toList();
    Table ofProbes = new Table(List.of("representation", "values", "accuracy"), probes);
    Table ofChanges =
        new Table(List.of("change", "pixels", "codes", "codes, from codes moved alike"), changes);
    return new ReportKnowledge(
        "Codes and the middle of the network",
        "%s on images of %s. Linear probes learn classes from %s images and are tested on %s; changes move %s images, over the distance of two images."
            .formatted(
                measured.model(),
                asked.images(),
                NumberText.count(measured.trainingImages()),
                NumberText.count(measured.testImages()),
                NumberText.count(measured.augmentedImages())),
        "representations",
        asked,
        Stream.of(ofProbes, ofChanges).filter(table -> !table.rows().isEmpty()).toList());
  }

  private static String text(Estimate estimate) {
    return Point.of(0, estimate).text();
  }
}
