package tweedie.evaluate.representations;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Rows of numbers, each of a class.
 *
 * @param values [n, d]
 * @param labels 0..K-1, [n]
 */
public record LabelledRows(float[] values, int[] labels) {

  /**
   * Rows with as many labels.
   *
   * @throws IllegalArgumentException if there are none, or the values do not divide into them
   */
  public LabelledRows {
    if (labels.length == 0 || values.length == 0 || values.length % labels.length != 0) {
      throw new IllegalArgumentException(
          "%d values do not divide into %d rows".formatted(values.length, labels.length));
    }
  }

  /** Number of rows n. */
  public int count() {
    return labels.length;
  }

  /** Values of a row d. */
  public int length() {
    return values.length / labels.length;
  }

  /** The rows whose numbers are chosen, in their order. */
  LabelledRows where(IntPredicate chosen) {
    int[] which = IntStream.range(0, count()).filter(chosen).toArray();
    int d = length();
    float[] some = new float[which.length * d];
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(values, which[i] * d, some, i * d, d);
    }
    return new LabelledRows(some, Arrays.stream(which).map(i -> labels[i]).toArray());
  }
}
