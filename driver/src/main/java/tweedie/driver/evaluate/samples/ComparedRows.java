package tweedie.driver.evaluate.samples;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tweedie.data.ImageRows;

/**
 * Sets of rows of one size that are compared: samples, real rows for the floor, wrong samples, and
 * the real rows with which all three are compared.
 *
 * @param rows of each set, [4][n, d]
 * @param dimension d
 */
public record ComparedRows(float[][] rows, int dimension) implements Serializable {

  public static final int SAMPLES = 0;
  public static final int FLOOR = 1;
  public static final int WRONG = 2;
  static final int REAL = 3;

  /** The sets that are compared with {@link #REAL}. */
  static final int COMPARED = 3;

  private static final int ROWS_IN_BLOCK = 256;

  /** Rows n of each set. */
  int size() {
    return rows[REAL].length / dimension;
  }

  /** Rows from..to-1 of one set, the work of one task. */
  record Block(int set, int from, int to) implements Serializable {}

  /** All rows of the first {@code sets} sets in blocks. */
  List<Block> blocks(int sets) {
    List<Block> blocks = new ArrayList<>();
    for (int set = 0; set < sets; set++) {
      for (int from = 0; from < size(); from += ROWS_IN_BLOCK) {
        blocks.add(new Block(set, from, Math.min(size(), from + ROWS_IN_BLOCK)));
      }
    }
    return blocks;
  }

  /** What was found of each of the {@link #blocks} of so many sets, joined set by set. */
  static float[][] bySet(List<float[]> ofBlocks, int sets) {
    int ofSet = ofBlocks.size() / sets;
    return IntStream.range(0, sets)
        .mapToObj(set -> ofBlocks.subList(set * ofSet, (set + 1) * ofSet))
        .map(parts -> ImageRows.joined(parts.toArray(float[][]::new)))
        .toArray(float[][]::new);
  }

  float[] rows(Block block) {
    return Arrays.copyOfRange(rows[block.set()], block.from() * dimension, block.to() * dimension);
  }

  /** |x|^2 of each row of a set, [n]. */
  double[] squares(int set) {
    return ImageRows.squares(rows[set], dimension);
  }
}
