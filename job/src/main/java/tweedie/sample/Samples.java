package tweedie.sample;

/**
 * What a sampler made of a batch of chains.
 *
 * @param images final images of the chains that stayed finite, [n, d], in the scale of the data
 * @param chains numbers of those chains, [n], in the order asked for
 * @param diverged numbers of the chains that were stopped because a value was not finite
 * @param calls calls of the denoiser, each for the whole batch; where every chain takes its own
 *     number, their mean, rounded up
 */
public record Samples(double[] images, long[] chains, long[] diverged, long calls) {}
