package tweedie.driver.imports;

/**
 * The size that images are brought to, in pixels.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record ImageSize(int height, int width) {}
