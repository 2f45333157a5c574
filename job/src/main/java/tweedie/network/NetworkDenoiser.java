package tweedie.network;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageRows;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A trained network as a {@link tweedie.score.Denoiser} of the mean of the copies.
 *
 * <p>A network of stacked copies has only ever seen independent copies: it is given m fresh copies
 * spread around the mean, with exactly that mean, and never one image m times. The spread of a row
 * comes from its chain and the number of the call.
 */
public class NetworkDenoiser implements ConditionalDenoiser {

  private final NetworkSettings settings;
  private final Network network;
  private final INDArray parameters;
  private final long seed;
  private final long[] chains;
  private final Spread spread;
  private final int[] classes;
  private long calls;

  /** When stacked copies are drawn around a mean anew. */
  private enum Spread {
    EVERY_CALL,
    ONCE
  }

  /**
   * A network with these weights.
   *
   * @param parameters [P]
   * @throws IllegalArgumentException if the network has another number of parameters
   */
  public NetworkDenoiser(NetworkSettings settings, float[] parameters) {
    this(
        settings,
        new Network(settings),
        Nd4j.createFromArray(parameters),
        0,
        null,
        Spread.EVERY_CALL,
        null);
    if (network.parameterCount() != parameters.length) {
      close();
      throw new IllegalArgumentException(
          "The network has %d parameters, not %d"
              .formatted(network.parameterCount(), parameters.length));
    }
    network.bind(this.parameters, null);
  }

  private NetworkDenoiser(
      NetworkSettings settings,
      Network network,
      INDArray parameters,
      long seed,
      long[] chains,
      Spread spread,
      int[] classes) {
    this.settings = settings;
    this.network = network;
    this.parameters = parameters;
    this.seed = seed;
    this.chains = chains;
    this.spread = spread;
    this.classes = classes;
  }

  @Override
  public int dimension() {
    return settings.shape().dimension();
  }

  /** The same network, whose native memory stays that of this denoiser; close this one only. */
  @Override
  public NetworkDenoiser forChains(long seed, long[] chains) {
    return new NetworkDenoiser(
        settings, network, parameters, seed, chains.clone(), Spread.EVERY_CALL, classes);
  }

  /** As {@link #forChains}, with one spread of stacked copies for each chain, times the noise. */
  @Override
  public NetworkDenoiser fixedFor(long seed, long[] chains) {
    return new NetworkDenoiser(
        settings, network, parameters, seed, chains.clone(), Spread.ONCE, classes);
  }

  @Override
  public int classes() {
    return settings.classes();
  }

  /** As {@link #forChains}: close this one only. */
  @Override
  public ConditionalDenoiser ofClasses(int[] of) {
    for (int one : of) {
      if (one < NetworkSettings.NO_CLASS || one >= settings.classes()) {
        throw new IllegalArgumentException(
            "The network knows %d classes, and %d is none of them"
                .formatted(settings.classes(), one));
      }
    }
    return new NetworkDenoiser(settings, network, parameters, seed, chains, spread, of.clone());
  }

  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    run(seen(y, s), s, out);
  }

  /** One forward pass, and a backward pass for each vector. */
  @Override
  public void denoise(
      double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
    int n = s.length;
    float[] denoised = new float[n * dimension()];
    network.forward(rows(seen(y, s), s), n, denoised);
    copy(denoised, out);
    for (int p = 0; p < vectors.length; p++) {
      float[] vector = ImageRows.floats(vectors[p]);
      network.backward(vector, n);
      addImages(network.inputGradient(vector), products[p]);
    }
  }

  /** The gradient in the mean of stacked copies is the sum of those in the copies. */
  private void addImages(float[] gradient, double[] product) {
    int d = dimension();
    int images = settings.images();
    for (int j = 0; j < product.length; j++) {
      double sum = 0;
      for (int image = 0; image < images; image++) {
        sum += gradient[(j / d * images + image) * d + j % d];
      }
      product[j] = sum;
    }
  }

  /**
   * The values in the middle of the network for images with noise; see {@link Network#middle}.
   *
   * @param y [n, d]
   * @param s noise of each image, [n]
   * @return [n, features]
   */
  public float[] middle(double[] y, double[] s) {
    return network.middle(rows(seen(y, s), s), s.length);
  }

  /** A network of as many stacked copies sees them, any other sees their mean. */
  @Override
  public double[] denoise(double[] copies, CopyNoise noise) {
    if (settings.input() != NetworkSettings.Input.STACKED || settings.copies() != noise.copies()) {
      return ConditionalDenoiser.super.denoise(copies, noise);
    }
    int perImage = noise.copies() * dimension();
    double[][] seen = new double[copies.length / perImage][];
    Arrays.setAll(seen, i -> ImageRows.row(copies, i, perImage));
    double[] s = new double[seen.length];
    Arrays.fill(s, noise.s());
    double[] out = new double[seen.length * dimension()];
    run(seen, s, out);
    return out;
  }

  /** Lets the network see these images of each row, [n][k d]. */
  private void run(double[][] seen, double[] s, double[] out) {
    float[] denoised = new float[s.length * dimension()];
    network.denoise(rows(seen, s), s.length, denoised);
    copy(denoised, out);
  }

  /** The rows of a call of the network. */
  private float[] rows(double[][] seen, double[] s) {
    int n = s.length;
    float[] rows = new float[n * network.rowLength()];
    for (int i = 0; i < n; i++) {
      int at = i * network.rowLength();
      for (int j = 0; j < seen[i].length; j++) {
        rows[at + j] = (float) seen[i][j];
      }
      rows[at + settings.noiseAt()] = (float) s[i];
      if (settings.classes() > 0) {
        rows[at + settings.noiseAt() + 1] = classes == null ? NetworkSettings.NO_CLASS : classes[i];
      }
    }
    calls++;
    return rows;
  }

  private static void copy(float[] from, double[] to) {
    for (int j = 0; j < from.length; j++) {
      to[j] = from[j];
    }
  }

  private double[][] seen(double[] y, double[] s) {
    double[][] seen = new double[s.length][];
    Arrays.setAll(seen, i -> seen(y, s[i], i));
    return seen;
  }

  /** The images that the network sees of row i: the mean itself, or m copies around it. */
  private double[] seen(double[] y, double s, int i) {
    double[] mean = ImageRows.row(y, i, dimension());
    if (settings.input() == NetworkSettings.Input.MEAN) {
      return mean;
    }
    long chain = chains == null ? i : chains[i];
    long step = spread == Spread.ONCE ? 0 : calls;
    return Copies.around(
        mean, CopyNoise.ofMean(s, settings.copies()), Draws.of(seed, Purpose.SPREAD, chain, step));
  }

  @Override
  public void close() {
    network.close();
    parameters.close();
  }
}
