package tweedie.driver.table;

/** The height and width that images are brought to, in pixels, each at least 1. */
public record ImageSize(int height, int width) {}
