package tweedie.driver.evaluate.representations;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import tweedie.data.ImageRows;
import tweedie.evaluate.representations.LabelledRows;

/**
 * Images as they are and as others see them.
 *
 * @param labels of the images, [n]
 * @param views rows of each representation: pixels, codes, then the middle of the network at each
 *     noise; [v][n, ..]
 */
record Represented(int[] labels, float[][] views) implements Serializable {

  /** The images of all parts, one part after the other. */
  static Represented joined(List<Represented> parts) {
    float[][] views = new float[parts.get(0).views.length][];
    for (int v = 0; v < views.length; v++) {
      int view = v;
      views[v] =
          ImageRows.joined(parts.stream().map(part -> part.views[view]).toArray(float[][]::new));
    }
    return new Represented(
        parts.stream().flatMapToInt(part -> Arrays.stream(part.labels)).toArray(), views);
  }

  /** The images in one of the representations. */
  LabelledRows in(int view) {
    return new LabelledRows(views[view], labels);
  }
}
