package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.score.Denoiser;

/**
 * A part of the image that is known, which the samplers complete.
 *
 * <p>{@link #of} makes any denoiser one of images with this part, so every sampler is one that
 * paints: it returns x0 where x is known and D(y, s) elsewhere. Where x is known, the score (x0 -
 * y) / s^2 that follows is exact: y stays x0 + s z there at every noise level, just as the noise of
 * the rest, and the jump returns x0.
 *
 * <p>Elsewhere it is approximate: this is the replacement method of Song et al. 2021 (arXiv
 * 2011.13456, appendix I.2), with the noise of the known part carried along by the chain. D(y, s)
 * knows x0 only as y shows it, with the noise s, so the score of the rest is that of p(y_rest |
 * y_known), not of p(y_rest | x0). The two agree as s goes to 0, where Langevin steps walk on the
 * density asked for; what a chain decides at larger noise it decides from less than is known. How
 * much that is hangs on how plainly the known part speaks through the noise: one known value of a
 * pair of correlation 0.9 draws the other to 0.49 of its conditional mean by the ODE, to 0.9 by 5
 * and to 0.94 by 20 annealed steps a level; fifty known values of sixty choose the mode of the
 * rest. More steps a level help; the ODE is the least faithful.
 *
 * @param image x0, [d]; values outside the known part do not matter
 * @param known where x is known, [d]
 */
public record Inpainting(double[] image, boolean[] known) implements Serializable {

  /**
   * @throws IllegalArgumentException if the two differ in length or a known value is not finite
   */
  public Inpainting {
    if (image.length != known.length) {
      throw new IllegalArgumentException(
          "An image of " + image.length + " values cannot have a mask of " + known.length);
    }
    for (int j = 0; j < known.length; j++) {
      if (known[j] && !Double.isFinite(image[j])) {
        throw new IllegalArgumentException("Known value " + j + " must be finite, not " + image[j]);
      }
    }
    image = image.clone();
    known = known.clone();
  }

  /**
   * The denoiser of images that have this part. Closing it closes {@code denoiser}.
   *
   * @throws IllegalArgumentException if the denoiser has another dimension
   */
  public Denoiser of(Denoiser denoiser) {
    if (denoiser.dimension() != image.length) {
      throw new IllegalArgumentException(
          "An image of %d values cannot be completed by a denoiser of %d"
              .formatted(image.length, denoiser.dimension()));
    }
    return new Completing(denoiser, image, known);
  }

  private record Completing(Denoiser denoiser, double[] image, boolean[] known)
      implements Denoiser {

    @Override
    public int dimension() {
      return denoiser.dimension();
    }

    @Override
    public Denoiser forChains(long seed, long[] chains) {
      return new Completing(denoiser.forChains(seed, chains), image, known);
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      denoiser.denoise(y, s, out);
      for (int j = 0; j < s.length * image.length; j++) {
        if (known[j % image.length]) {
          out[j] = image[j % image.length];
        }
      }
    }

    @Override
    public void close() {
      denoiser.close();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Inpainting that
        && Arrays.equals(image, that.image)
        && Arrays.equals(known, that.known);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(image) + Arrays.hashCode(known);
  }

  @Override
  public String toString() {
    long count = IntStream.range(0, known.length).filter(j -> known[j]).count();
    return "%d of %d values known".formatted(count, known.length);
  }
}
