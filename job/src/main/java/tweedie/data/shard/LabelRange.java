package tweedie.data.shard;

import java.io.Serializable;
import tweedie.data.DataException;

/**
 * Between which labels those of images lie.
 *
 * @param min least label; -1 where some image has none
 * @param max largest label; -1 where no image has one
 */
public record LabelRange(int min, int max) implements Serializable {

  /** A label far out is a mistake, not a class. */
  private static final int MOST_CLASSES = 10_000;

  /** That of the images of both. */
  public LabelRange and(LabelRange other) {
    return new LabelRange(Math.min(min, other.min), Math.max(max, other.max));
  }

  /**
   * How many classes there are by the labels; 0 where no image has one.
   *
   * @param place of the images, for messages
   * @throws DataException if some images have one and others none, or one is no number of a class
   */
  int classes(String place) {
    if (min == -1 && max >= 0) {
      throw new DataException(
          "Some images of %s have a label and others none; import them again with labels for all, or for none"
              .formatted(place));
    }
    if (min < -1 || max >= MOST_CLASSES) {
      throw new DataException(
          "%s has the label %d; classes are numbered from 0 and at most %d"
              .formatted(place, min < -1 ? min : max, MOST_CLASSES));
    }
    return max + 1;
  }
}
