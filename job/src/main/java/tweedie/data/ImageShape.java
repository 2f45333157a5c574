package tweedie.data;

import java.io.Serializable;

/**
 * The shape of one image; a vector of d numbers is a 1 x 1 image of d channels.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 for gray, 3 for red, green, blue
 */
public record ImageShape(int height, int width, int channels) implements Serializable {

  /** Number of values d = height * width * channels. */
  public int dimension() {
    return height * width * channels;
  }

  /** Whether this is a vector of numbers. */
  public boolean vector() {
    return height * width == 1;
  }

  /** Whether this is gray or of three colours, which can be drawn. */
  public boolean picture() {
    return !vector() && (channels == 1 || channels == 3);
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
