package tweedie.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A trained network as a {@link Denoiser} of the mean of the copies.
 *
 * <p>A network of stacked copies has only ever seen independent copies: it is given m fresh copies
 * spread around the mean, with exactly that mean, and never one image m times. The spread of a row
 * comes from its chain and the number of the call.
 */
public final class NetworkDenoiser implements Denoiser {

  private final NetworkSettings settings;
  private final Network network;
  private final INDArray parameters;
  private final long seed;
  private final long[] chains;
  private long calls;

  /**
   * A network with these weights.
   *
   * @param parameters [P]
   * @throws IllegalArgumentException if the network has another number of parameters
   */
  public NetworkDenoiser(NetworkSettings settings, float[] parameters) {
    this(settings, new Network(settings), parameters);
  }

  private NetworkDenoiser(NetworkSettings settings, Network network, float[] parameters) {
    this(settings, network, array(network, parameters), 0, null);
    network.bind(this.parameters, null);
  }

  private static INDArray array(Network network, float[] parameters) {
    if (network.parameterCount() != parameters.length) {
      throw new IllegalArgumentException(
          "The network has %d parameters, not %d"
              .formatted(network.parameterCount(), parameters.length));
    }
    return Nd4j.createFromArray(parameters);
  }

  private NetworkDenoiser(
      NetworkSettings settings, Network network, INDArray parameters, long seed, long[] chains) {
    this.settings = settings;
    this.network = network;
    this.parameters = parameters;
    this.seed = seed;
    this.chains = chains;
  }

  @Override
  public int dimension() {
    return settings.shape().dimension();
  }

  /** The same network, whose native memory stays that of this denoiser; close this one only. */
  @Override
  public Denoiser forChains(long seed, long[] chains) {
    return new NetworkDenoiser(settings, network, parameters, seed, chains.clone());
  }

  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    double[][] seen = new double[s.length][];
    for (int i = 0; i < s.length; i++) {
      seen[i] = seen(y, s[i], i);
    }
    run(seen, s, out);
  }

  /**
   * E[x | y_1..y_m] of one image from the copies themselves: a network of as many stacked copies
   * sees them, any other sees their mean, which is sufficient for x.
   *
   * @param copies y_1..y_m, [m, d]
   * @param noise number of copies m and the noise sigma of each
   * @return [d]
   */
  public double[] denoise(double[] copies, CopyNoise noise) {
    double[] s = {noise.s()};
    double[] out = new double[dimension()];
    if (settings.input() == NetworkSettings.Input.STACKED && settings.copies() == noise.copies()) {
      run(new double[][] {copies}, s, out);
    } else {
      denoise(Copies.mean(copies, noise.copies()), s, out);
    }
    return out;
  }

  /** Lets the network see these images of each row, [n][k d]. */
  private void run(double[][] seen, double[] s, double[] out) {
    int n = s.length;
    float[] rows = new float[n * network.rowLength()];
    for (int i = 0; i < n; i++) {
      int at = i * network.rowLength();
      for (int j = 0; j < seen[i].length; j++) {
        rows[at + j] = (float) seen[i][j];
      }
      rows[at + seen[i].length] = (float) s[i];
    }
    calls++;
    float[] denoised = new float[n * dimension()];
    network.denoise(rows, n, denoised);
    for (int j = 0; j < denoised.length; j++) {
      out[j] = denoised[j];
    }
  }

  /** The images that the network sees of row i: the mean itself, or m copies around it. */
  private double[] seen(double[] y, double s, int i) {
    double[] mean = java.util.Arrays.copyOfRange(y, i * dimension(), (i + 1) * dimension());
    if (settings.input() == NetworkSettings.Input.MEAN) {
      return mean;
    }
    long chain = chains == null ? i : chains[i];
    return Copies.around(
        mean, CopyNoise.ofMean(s, settings.copies()), Draws.of(seed, Purpose.SPREAD, chain, calls));
  }

  @Override
  public void close() {
    network.close();
    parameters.close();
  }
}
