package tweedie.evaluate.samples;

import java.util.Arrays;
import tweedie.data.ImageRows;
import tweedie.evaluate.HalfSamples;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A set of rows projected on one direction, in ascending order. Rows are not centred first: sets
 * that differ in their mean differ.
 */
public final class Projection {

  private final double[] sorted;
  private final int[] groups;

  /**
   * @param values one number for each row, in the order of the rows, [n]
   */
  public Projection(double[] values) {
    long[] keys = new long[values.length];
    for (int row = 0; row < keys.length; row++) {
      keys[row] = (long) ascending((float) values[row]) << Integer.SIZE | row;
    }
    Arrays.sort(keys);
    sorted = new double[keys.length];
    groups = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      int row = (int) keys[i];
      sorted[i] = (float) values[row];
      groups[i] = HalfSamples.group(row);
    }
  }

  /** The bits of a float as a whole number of the same order. */
  private static int ascending(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ (bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE;
  }

  /** The projected rows that a subset of {@link HalfSamples} holds, in ascending order. */
  public double[] of(int subset) {
    double[] kept = new double[sorted.length];
    int count = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (HalfSamples.holds(subset, groups[i])) {
        kept[count++] = sorted[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /**
   * A direction of length 1, uniform on the sphere.
   *
   * @param index number of the direction; with the seed it decides all
   * @param d dimension of the rows
   */
  public static float[] direction(long seed, int index, int d) {
    return ImageRows.floats(Draws.of(seed, Purpose.EVALUATION, index, 0).direction(d));
  }
}
