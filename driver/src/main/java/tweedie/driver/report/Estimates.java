package tweedie.driver.report;

import tweedie.driver.page.Chart.Point;
import tweedie.evaluate.Estimate;

/** Estimates as a report shows them. */
final class Estimates {

  private Estimates() {}

  /** A number and its interval at a place of a chart. */
  static Point point(double x, Estimate estimate) {
    return new Point(x, estimate.value(), number(estimate.low()), number(estimate.high()));
  }

  /** A number and its interval, where it has one, as people read them. */
  static String text(Estimate estimate) {
    return point(0, estimate).text();
  }

  /** A number that can be shown, or null. */
  static Double number(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }
}
