package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Locale;
import tweedie.score.Draws;

/** How the trace of a Jacobian is found from its products v^T J with vectors. */
public sealed interface Divergence extends Serializable {

  /**
   * How many vectors a d x d Jacobian is multiplied with.
   *
   * @param d number of pixels
   */
  int vectors(int d);

  /** How many estimates of the trace come of them, each from as many vectors. */
  int estimates();

  /**
   * Vector {@code index} of an image, the same along its whole trajectory.
   *
   * @param id number of the image
   * @param repeat number of its dequantization
   * @param d number of pixels
   */
  double[] vector(long seed, long id, int repeat, int index, int d);

  /** For people. */
  String description();

  /** The trace itself, from the d unit vectors: for few dimensions. */
  record Exact() implements Divergence {

    @Override
    public int vectors(int d) {
      return d;
    }

    @Override
    public int estimates() {
      return 1;
    }

    @Override
    public double[] vector(long seed, long id, int repeat, int index, int d) {
      double[] unit = new double[d];
      unit[index] = 1;
      return unit;
    }

    @Override
    public String description() {
      return "exact trace";
    }
  }

  /**
   * The unbiased estimates v^T J v of Hutchinson, one for each random vector (Grathwohl et al.
   * 2019, arXiv 1810.01367).
   *
   * @param probe their distribution
   * @param probes how many there are for each image, at least 1
   */
  record Hutchinson(Probe probe, int probes) implements Divergence {

    /**
     * @throws IllegalArgumentException if there is no probe
     */
    public Hutchinson {
      if (probes < 1) {
        throw new IllegalArgumentException("There must be at least one probe, not " + probes);
      }
    }

    @Override
    public int vectors(int d) {
      return probes;
    }

    @Override
    public int estimates() {
      return probes;
    }

    @Override
    public double[] vector(long seed, long id, int repeat, int index, int d) {
      Draws draws = LikelihoodDraws.probe(seed, id, repeat, index);
      double[] vector = new double[d];
      for (int j = 0; j < d; j++) {
        vector[j] = probe.draw(draws);
      }
      return vector;
    }

    @Override
    public String description() {
      return "%d %s %s"
          .formatted(
              probes,
              probe == Probe.GAUSSIAN ? "Gaussian" : probe.name().toLowerCase(Locale.ROOT),
              probes == 1 ? "probe" : "probes");
    }
  }
}
