package tweedie.data;

/**
 * One clean image of a data set.
 *
 * @param id number of the image in its data set, the same however it is spread over shards; random
 *     numbers hang on it
 * @param label class, or -1 where there is none
 * @param shape its shape
 * @param pixels values in the order [height, width, channel]; [0, 1] for images, any numbers for
 *     vectors
 */
public record LabeledImage(long id, int label, ImageShape shape, float[] pixels) {}
