package tweedie.driver.study;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import tweedie.data.Json;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.evaluate.LevelError;

/**
 * What the trainings of a study say, question by question and noise level by noise level.
 *
 * @param seeds number of pairs
 * @param comparisons of errors
 * @param gradients spread of gradients
 * @param times of the trainings
 */
record StudyTable(
    int seeds, List<Comparison> comparisons, List<Spread> gradients, List<Time> times) {

  /** What is compared. */
  enum Metric {
    /** E|D - x|^2 / d. */
    ERROR,
    /** E|D - E[x | y]|^2 / s^4. */
    FISHER;

    double of(LevelError error) {
      return switch (this) {
        case ERROR -> error.error();
        case FISHER -> error.fisher();
      };
    }
  }

  /**
   * A variant against another, over all seeds.
   *
   * @param question that it helps to answer
   * @param data name of the data
   * @param control name of what is compared with
   * @param variant name of what is compared; the control itself where only its copies are more
   * @param copies m of the variant
   * @param s noise of the mean of the variant's copies
   * @param metric what is compared
   * @param controlMean mean over the seeds of the control
   * @param variantMean mean over the seeds of the variant
   * @param floor least possible error; null where it is not known or not what is compared
   * @param difference variant less control, mean over the pairs
   * @param low lower end of its 95 % bootstrap interval
   * @param high upper end
   * @param percent the difference in percent of the control's mean
   * @param percentLow the lower end likewise
   * @param percentHigh the upper end likewise
   * @param verdict what the interval says of the variant
   */
  record Comparison(
      Hypothesis question,
      String data,
      String control,
      String variant,
      int copies,
      double s,
      Metric metric,
      double controlMean,
      double variantMean,
      Double floor,
      double difference,
      double low,
      double high,
      double percent,
      double percentLow,
      double percentHigh,
      String verdict) {}

  /**
   * The spread of the gradient of a minibatch of B images, in units of that with one draw of noise
   * for each, over all seeds.
   *
   * @param data name of the data
   * @param draws K
   * @param ofImages with K draws for each image
   * @param low lower end of its 95 % bootstrap interval
   * @param high upper end
   * @param predicted V_x / B + V_noise / (B K) from what was measured with one draw
   * @param givenImages with K draws for each of given images
   * @param ofFresh of B K images with one draw each
   */
  record Spread(
      String data,
      int draws,
      double ofImages,
      double low,
      double high,
      double predicted,
      double givenImages,
      double ofFresh) {}

  /**
   * How long trainings took.
   *
   * @param data name of the data
   * @param variant name of the variant
   * @param parameters of the network
   * @param seconds mean over the seeds
   */
  record Time(String data, String variant, int parameters, double seconds) {}

  String json() {
    return Json.SNAKE_PAGE.text(this);
  }

  String comparisonsCsv() {
    return csv(
        "question,data,control,variant,copies,s,metric,control_mean,variant_mean,floor,difference,low,high,percent,percent_low,percent_high,verdict",
        comparisons.stream()
            .map(
                c ->
                    List.<Object>of(
                        lower(c.question),
                        c.data,
                        c.control,
                        c.variant,
                        c.copies,
                        c.s,
                        lower(c.metric),
                        c.controlMean,
                        c.variantMean,
                        Objects.requireNonNullElse(c.floor, ""),
                        c.difference,
                        c.low,
                        c.high,
                        c.percent,
                        c.percentLow,
                        c.percentHigh,
                        c.verdict))
            .toList());
  }

  String gradientsCsv() {
    return csv(
        "data,draws,of_images,low,high,predicted,given_images,of_fresh",
        gradients.stream()
            .map(
                g ->
                    List.<Object>of(
                        g.data,
                        g.draws,
                        g.ofImages,
                        g.low,
                        g.high,
                        g.predicted,
                        g.givenImages,
                        g.ofFresh))
            .toList());
  }

  /** No value holds a comma or a quotation mark. */
  private static String csv(String header, List<List<Object>> rows) {
    return header
        + "\n"
        + rows.stream()
            .map(row -> row.stream().map(Object::toString).collect(Collectors.joining(",")) + "\n")
            .collect(Collectors.joining());
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
