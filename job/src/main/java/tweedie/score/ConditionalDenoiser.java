package tweedie.score;

/**
 * A denoiser of images of several classes that can be told which class an image is of: E[x | y,
 * class]. Unless it is told, it is E[x | y].
 */
public interface ConditionalDenoiser extends DifferentiableDenoiser {

  /** Number of classes; 0 where there are none to be told. */
  int classes();

  /**
   * The same denoiser for rows of these classes.
   *
   * @param of class of each row of the next calls, from 0; -1 where it is not told
   * @throws IllegalArgumentException if there is no such class
   */
  ConditionalDenoiser ofClasses(int[] of);

  @Override
  default ConditionalDenoiser forChains(long seed, long[] chains) {
    return this;
  }
}
