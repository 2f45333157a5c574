package tweedie.driver.page;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tweedie.data.Json;
import tweedie.evaluate.Estimate;

/**
 * A chart, and the table of the same numbers.
 *
 * @param title what it shows
 * @param note what one has to know to read it
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series what is drawn
 */
public record Chart(String title, String note, Axis x, Axis y, List<Series> series) {

  /**
   * An axis.
   *
   * @param title quantity and scale
   * @param scale how values lie on it
   * @param categories names of the places 0, 1, ...; empty unless that is the scale
   */
  public record Axis(String title, Scale scale, List<String> categories) {

    /** An axis on which equal steps are equal differences. */
    public static Axis linear(String title) {
      return new Axis(title, Scale.LINEAR, List.of());
    }

    /** An axis on which equal steps are equal ratios. */
    public static Axis log(String title) {
      return new Axis(title, Scale.LOGARITHMIC, List.of());
    }

    /** An axis of names. */
    public static Axis of(String title, List<String> categories) {
      return new Axis(title, Scale.CATEGORY, categories);
    }

    private String text(double value) {
      return scale == Scale.CATEGORY ? categories.get((int) value) : NumberText.text(value);
    }
  }

  /** How values lie on an axis; values that are not positive are left out of a logarithmic one. */
  public enum Scale {
    /** Equal steps are equal differences. */
    LINEAR,
    /** Equal steps are equal ratios. */
    LOGARITHMIC,
    /** Names side by side. */
    CATEGORY
  }

  /**
   * What belongs together.
   *
   * @param name in the legend
   * @param drawn how
   * @param points from left to right
   */
  public record Series(String name, Drawn drawn, List<Point> points) {}

  /** How a series is drawn. */
  public enum Drawn {
    /** Points and lines between them. */
    LINE,
    /** Only a dashed line, for what others are compared with. */
    DASHED,
    /** Points alone. */
    POINTS,
    /** Bars. */
    BARS
  }

  /**
   * A number, with its 95 % interval where it has one.
   *
   * @param low lower end; null where there is none
   * @param high upper end; null where there is none
   */
  public record Point(double x, double y, Double low, Double high) {

    /** A number without an interval. */
    public static Point of(double x, double y) {
      return new Point(x, y, null, null);
    }

    /** A number and the ends of its interval, where they are numbers. */
    public static Point of(double x, double y, Double low, Double high) {
      return new Point(x, y, finite(low), finite(high));
    }

    /** A number with its interval. */
    public static Point of(double x, Estimate estimate) {
      return of(x, estimate.value(), estimate.low(), estimate.high());
    }

    private static Double finite(Double value) {
      return value == null || !Double.isFinite(value) ? null : value;
    }

    /** The number and its interval, as people read them. */
    public String text() {
      return low == null
          ? NumberText.text(y)
          : "%s (%s)".formatted(NumberText.text(y), NumberText.range(low, high));
    }
  }

  /** What the script draws, as JSON that can stand inside of a script element. */
  public String json() {
    return Json.LINE.text(new Drawing(x, y, series)).replace("<", "\\u003c");
  }

  private record Drawing(Axis x, Axis y, List<Series> series) {}

  /** The same numbers: a row for each x, a column for each series. */
  public Table table() {
    List<String> header = new ArrayList<>(List.of(x.title()));
    TreeSet<Double> places = new TreeSet<>();
    for (Series one : series) {
      header.add(one.name());
      one.points().forEach(point -> places.add(point.x()));
    }
    List<List<String>> rows = new ArrayList<>();
    for (double place : places) {
      List<String> row = new ArrayList<>(List.of(x.text(place)));
      for (Series one : series) {
        row.add(
            one.points().stream()
                .filter(point -> point.x() == place)
                .map(Point::text)
                .findFirst()
                .orElse(""));
      }
      rows.add(row);
    }
    return new Table(header, rows);
  }
}
