package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.data.ImageRows;
import tweedie.evaluate.likelihood.ProbabilityFlow.NotFiniteException;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Positive;
import tweedie.score.Vectors;

/**
 * Codes of images: the {@link ProbabilityFlow} carries an image x, taken as one with the smallest
 * noise, to the largest, where its code is
 *
 * <pre>
 *   z = (x(largest) - mean) / sqrt(largest^2 + variance)
 * </pre>
 *
 * <p>Chains of samplers begin at the images of codes from N(0, I). The flow has no randomness and
 * goes either way, so that codes are those of images and images those of codes (Song et al. 2021,
 * arXiv 2011.13456, appendix D.4). Codes of the data are close to N(0, I) where the model is good
 * and the largest noise is far larger than the data are wide.
 *
 * @param prior moments of the data
 * @param smallest noise that images are taken to have
 * @param largest noise at which codes are
 * @param solver of the ODE
 */
public record FlowCodes(DataNormal prior, double smallest, double largest, FlowSolver solver)
    implements Serializable {

  /** Of two codes that are parallel or opposite, up to this, there is no circle. */
  private static final double LEAST_SINE = 1e-6;

  /**
   * @throws IllegalArgumentException if the noise is not positive or does not grow
   */
  public FlowCodes {
    Positive.require("The smallest noise of a flow", smallest);
    Positive.require("The largest noise of a flow", largest);
    if (smallest >= largest) {
      throw new IllegalArgumentException(
          "The smallest noise of a flow must be less than the largest, %s, not %s"
              .formatted(largest, smallest));
    }
  }

  /**
   * The codes of n images.
   *
   * @param images [n, d]
   * @param seed with {@code ids}, of random numbers that the denoiser has of its own
   * @param ids numbers of the images, [n]
   * @return [n, d]
   * @throws IllegalArgumentException if the denoiser is for another number of values
   * @throws IllegalStateException if a number is not finite, or the solver cannot keep its
   *     tolerance
   */
  public double[] encode(DifferentiableDenoiser denoiser, double[] images, long seed, long[] ids) {
    return each(
        images,
        ids,
        (rows, of) -> {
          ProbabilityFlow flow = flow(denoiser, seed, of);
          return solved(flow, flow.state(rows, smallest), smallest, largest, of);
        });
  }

  /**
   * The images of n codes.
   *
   * @param codes [n, d]
   * @param seed that {@link #encode} had
   * @param ids numbers of the images, [n]
   * @return [n, d]
   * @throws IllegalArgumentException as {@link #encode}
   * @throws IllegalStateException as {@link #encode}
   */
  public double[] decode(DifferentiableDenoiser denoiser, double[] codes, long seed, long[] ids) {
    return each(
        codes,
        ids,
        (rows, of) -> {
          ProbabilityFlow flow = flow(denoiser, seed, of);
          double[] state = solved(flow, rows.clone(), largest, smallest, of);
          return flow.images(state, smallest);
        });
  }

  /** Images to codes or back. */
  private interface Way {
    double[] of(double[] rows, long[] ids);
  }

  private double[] each(double[] rows, long[] ids, Way way) {
    if (solver.batched()) {
      return way.of(rows, ids);
    }
    int d = prior.mean().length;
    double[][] done = new double[ids.length][];
    Arrays.setAll(done, i -> way.of(ImageRows.row(rows, i, d), new long[] {ids[i]}));
    return ImageRows.joined(Arrays.asList(done));
  }

  private ProbabilityFlow flow(DifferentiableDenoiser denoiser, long seed, long[] ids) {
    double[] mean = prior.mean();
    if (denoiser.dimension() != mean.length) {
      throw new IllegalArgumentException(
          "The data have %d values, but the denoiser is for %d"
              .formatted(mean.length, denoiser.dimension()));
    }
    return new ProbabilityFlow(
        denoiser.fixedFor(seed, ids), mean, Math.sqrt(prior.variance()), ids.length);
  }

  /** The state where the flow ends: the code, there, as its scale is that of the prior. */
  private double[] solved(
      ProbabilityFlow flow, double[] state, double from, double to, long[] ids) {
    try {
      solver.solve(flow, state, from, to);
      return state;
    } catch (NotFiniteException e) {
      throw e.of(ids);
    }
  }

  /**
   * A code between two, on the arc of a circle where they are of one length (Shoemake 1985,
   * Animating rotation with quaternion curves; of codes Song et al. 2021, arXiv 2010.02502, section
   * 5.3):
   *
   * <pre>
   *   z(t) = sin((1 - t) theta) / sin(theta) a + sin(t theta) / sin(theta) b,
   *   cos(theta) = a b / (|a| |b|)
   * </pre>
   *
   * <p>Independent codes stay N(0, I) on the way; on a straight line they would shrink. Codes that
   * are parallel or opposite, as all are of one value, have no such circle, and are mixed by (1 -
   * t) a + t b.
   *
   * @param a [d]
   * @param b [d]
   * @param t from 0, where it is a, to 1, where it is b
   */
  public static double[] between(double[] a, double[] b, double t) {
    double cosine = Vectors.dot(a, b) / Math.sqrt(Vectors.dot(a, a) * Vectors.dot(b, b));
    double angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
    double sine = Math.sin(angle);
    boolean circle = sine > LEAST_SINE; // which NaN, of a code of zeros, is not
    double ofA = circle ? Math.sin((1 - t) * angle) / sine : 1 - t;
    double ofB = circle ? Math.sin(t * angle) / sine : t;
    double[] between = new double[a.length];
    Arrays.setAll(between, j -> ofA * a[j] + ofB * b[j]);
    return between;
  }
}
