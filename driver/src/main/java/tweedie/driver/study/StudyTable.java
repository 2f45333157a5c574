package tweedie.driver.study;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tweedie.data.Json;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.evaluate.LevelError;

/**
 * What the trainings of a study say, question by question and noise level by noise level.
 *
 * @param seeds number of pairs
 * @param gradients spread of gradients
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
   * @param control name of what is compared with
   * @param variant name of what is compared; the control itself where only its copies are more
   * @param copies m of the variant
   * @param s noise of the mean of the variant's copies
   * @param controlMean mean over the seeds of the control
   * @param variantMean mean over the seeds of the variant
   * @param floor least possible error; null where it is not known or not what is compared
   * @param difference variant less control, mean over the pairs
   * @param low where its 95 % bootstrap interval begins, which ends at {@code high}
   * @param percent the difference in percent of the control's mean, its interval likewise
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
   * @param draws K
   * @param ofImages with K draws for each image
   * @param low where its 95 % bootstrap interval begins, which ends at {@code high}
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
   * @param seconds mean over the seeds
   */
  record Time(String data, String variant, int parameters, double seconds) {}

  String json() {
    return Json.SNAKE_PAGE.text(this);
  }

  String comparisonsCsv() {
    return csv(
        "question,data,control,variant,copies,s,metric,control_mean,variant_mean,floor,difference,low,high,percent,percent_low,percent_high,verdict",
        comparisons);
  }

  String gradientsCsv() {
    return csv("data,draws,of_images,low,high,predicted,given_images,of_fresh", gradients);
  }

  /** The rows below a header that names their components. No value holds a comma or a quote. */
  private static String csv(String header, List<? extends Record> rows) {
    StringBuilder csv = new StringBuilder(header).append('\n');
    for (Record row : rows) {
      csv.append(
              Stream.of(row.getClass().getRecordComponents())
                  .map(component -> cell(component, row))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return csv.toString();
  }

  private static String cell(RecordComponent component, Record row) {
    try {
      Object value = component.getAccessor().invoke(row);
      return value instanceof Enum<?> constant
          ? constant.name().toLowerCase(Locale.ROOT)
          : Objects.toString(value, "");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
