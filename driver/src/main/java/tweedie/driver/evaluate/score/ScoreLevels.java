package tweedie.driver.evaluate.score;

import java.util.List;
import java.util.TreeSet;
import tweedie.data.DataException;
import tweedie.sample.NoiseLevels;
import tweedie.score.CopyNoise;

/**
 * The noises at which a score is measured.
 *
 * @param levels that are asked for, from the largest; noise of a copy as well as of the mean
 * @param points all noises s of the mean of the copies that this takes, from the smallest
 */
record ScoreLevels(double[] levels, double[] points) {

  /** Noises are the same if they differ by less than this share. */
  private static final double SAME = 1e-9;

  /**
   * So many levels with the same ratio between neighbours; the largest alone where there is no
   * range.
   *
   * @param copies numbers of copies at each level
   * @throws DataException if {@code min} is above {@code max}
   */
  static ScoreLevels of(double min, double max, int count, List<Integer> copies) {
    if (min > max) {
      throw new DataException(
          "The score needs tweedie.evaluate.score.sigma-min, %s, to be at most sigma-max, %s (where one is 0, it is what was trained)"
              .formatted(min, max));
    }
    double[] levels =
        min == max || count == 1
            ? new double[] {max}
            : NoiseLevels.geometric(max, min, count).values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    TreeSet<Double> points = new TreeSet<>();
    for (double level : levels) {
      for (int m : copies) {
        addUnlessThere(points, new CopyNoise(level, m).s());
      }
      addUnlessThere(points, level);
    }
    return new ScoreLevels(levels, points.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static void addUnlessThere(TreeSet<Double> points, double s) {
    Double near =
        points.floor(s * (1 + SAME)); // sqrt(4) of a level may be another, but for rounding
    if (near == null || near < s * (1 - SAME)) {
      points.add(s);
    }
  }

  /** Number of the point that is this noise. */
  int point(double s) {
    int nearest = 0;
    for (int i = 1; i < points.length; i++) {
      nearest = Math.abs(points[i] - s) < Math.abs(points[nearest] - s) ? i : nearest;
    }
    return nearest;
  }
}
