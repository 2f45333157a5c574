package tweedie.driver.report;

import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.NumberText;

/**
 * A number to look at first.
 *
 * @param interval and its scale, below it
 */
record Card(String label, String value, String interval, String note) {

  /** A number with its 95 % interval, where it has one. */
  static Card of(String label, Point value, String note) {
    return new Card(
        label,
        NumberText.text(value.y()),
        value.low() == null ? "" : "95 %: " + NumberText.range(value.low(), value.high()),
        note);
  }

  /** A line on the run. */
  record Fact(String label, String text) {}

  /** A command and what it does. */
  record Command(String does, String line) {}
}
