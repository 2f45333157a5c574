package tweedie.network;

import java.io.Serializable;
import java.util.List;
import tweedie.data.ImageShape;
import tweedie.data.MayBeAbsent;
import tweedie.score.CopyNoise;

/**
 * The architecture of a network: everything that decides the number, shape and meaning of its
 * parameters.
 *
 * @param shape shape of the images
 * @param kind family of the network
 * @param channels UNet: channels of each resolution, from the full one down
 * @param halvings UNet: how many of the steps between resolutions halve height and width; the
 *     others keep them
 * @param blocks UNet: residual blocks at each resolution, on the way down and again on the way up
 * @param hidden MLP: width of the hidden layers
 * @param depth MLP: number of residual blocks
 * @param embedding number of Fourier features of the noise level
 * @param input how the network sees the copies
 * @param copies number of copies m of a stacked input; 1 for {@link Input#MEAN}, to which it does
 *     not matter
 * @param output what the network's output means
 * @param dataMean mean of all pixels of the data, in the scale of the data
 * @param dataStd standard deviation of all pixels about {@code dataMean}
 * @param pixelFrequencies frequencies f, in cycles per unit of the data's scale, of the waves of
 *     each noisy pixel that the network sees beside it; see {@link PixelWaves}
 * @param attention UNet: heights of the resolutions whose blocks are followed by self-attention
 * @param classes number of classes of images that the network can be told; 0 for none
 */
public record NetworkSettings(
    ImageShape shape,
    Kind kind,
    List<Integer> channels,
    int halvings,
    int blocks,
    int hidden,
    int depth,
    int embedding,
    Input input,
    int copies,
    Output output,
    double dataMean,
    double dataStd,
    @MayBeAbsent List<Double> pixelFrequencies,
    @MayBeAbsent List<Integer> attention,
    @MayBeAbsent int classes)
    implements Serializable {

  /** A family of networks. */
  public enum Kind {
    /** Convolutions at several resolutions, for images. */
    UNET,
    /** Fully connected residual blocks, for vectors. */
    MLP
  }

  /** How the network sees the m noisy copies. */
  public enum Input {
    /**
     * Their mean, which is sufficient: symmetric in the copies, at a cost that does not depend on
     * m.
     */
    MEAN,
    /** All of them, stacked as channels. */
    STACKED
  }

  /** What the network's output F means; see {@link Preconditioning}. */
  public enum Output {
    /** The denoiser with EDM's preconditioning. */
    DENOISER,
    /** The marginal score times s. */
    SCORE
  }

  /** The class of an image that is not told. */
  public static final int NO_CLASS = -1;

  private static final int LARGEST = 1_000_000;
  private static final int MOST_LAYERS = 10_000;
  private static final int MOST_RESOLUTIONS = 30;

  /**
   * Copies the lists, so that the record cannot change.
   *
   * @throws IllegalArgumentException for numbers of which no network is made
   */
  public NetworkSettings {
    channels = List.copyOf(channels);
    // absent from model files that are older than it
    pixelFrequencies = pixelFrequencies == null ? List.of() : List.copyOf(pixelFrequencies);
    attention = attention == null ? List.of() : List.copyOf(attention);
    within("embedding", embedding, LARGEST);
    if (classes != 0) {
      within("classes", classes, LARGEST);
    }
    within("copies", copies, LARGEST);
    if (kind == Kind.MLP) {
      within("hidden", hidden, LARGEST);
      within("depth", depth, MOST_LAYERS);
    } else {
      channels.forEach(width -> within("channels", width, LARGEST));
      within("number of channels", channels.size(), MOST_RESOLUTIONS);
      within("blocks", blocks, MOST_LAYERS);
      within("halvings + 1", halvings + 1, MOST_RESOLUTIONS);
    }
    if (!Double.isFinite(dataMean) || !Double.isFinite(dataStd)) {
      throw new IllegalArgumentException(
          "mean %s and standard deviation %s are of no data".formatted(dataMean, dataStd));
    }
  }

  /** A network without classes. */
  public NetworkSettings(
      ImageShape shape,
      Kind kind,
      List<Integer> channels,
      int halvings,
      int blocks,
      int hidden,
      int depth,
      int embedding,
      Input input,
      int copies,
      Output output,
      double dataMean,
      double dataStd,
      List<Double> pixelFrequencies) {
    this(
        shape,
        kind,
        channels,
        halvings,
        blocks,
        hidden,
        depth,
        embedding,
        input,
        copies,
        output,
        dataMean,
        dataStd,
        pixelFrequencies,
        List.of(),
        0);
  }

  private static void within(String what, int number, int most) {
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          "%s = %d is none of a network: at least 1, at most %d".formatted(what, number, most));
    }
  }

  /** The same for data with another mean and standard deviation. */
  public NetworkSettings withData(double mean, double std) {
    return with(mean, std, attention, classes);
  }

  /** The same for this number of classes. */
  public NetworkSettings withClasses(int count) {
    return with(dataMean, dataStd, attention, count);
  }

  /** The same with self-attention at resolutions of these heights. */
  public NetworkSettings withAttention(List<Integer> heights) {
    return with(dataMean, dataStd, heights, classes);
  }

  private NetworkSettings with(double mean, double std, List<Integer> heights, int count) {
    return new NetworkSettings(
        shape,
        kind,
        channels,
        halvings,
        blocks,
        hidden,
        depth,
        embedding,
        input,
        copies,
        output,
        mean,
        std,
        pixelFrequencies,
        heights,
        count);
  }

  /** Number of images that the network sees at once: 1, or m for stacked copies. */
  public int images() {
    return input == Input.STACKED ? copies : 1;
  }

  /**
   * Number of values in a row of the network: those of the images that it sees, s, and where there
   * are classes that of the image, or {@link #NO_CLASS}.
   */
  public int rowLength() {
    return noiseAt() + (classes > 0 ? 2 : 1);
  }

  /** Where in a row s stands; after it stands the class. */
  public int noiseAt() {
    return images() * shape.dimension();
  }

  /** Number of values that the network sees of one row, waves included, however many they are. */
  public long valuesSeen() {
    return (long) images() * shape.dimension() * (1 + 2L * pixelFrequencies.size())
        + (long) shape.height() * shape.width();
  }

  /** The noise of each image that the network sees, where their mean has the noise s. */
  double noiseSeen(double s) {
    return input == Input.STACKED ? CopyNoise.ofMean(s, copies).sigma() : s;
  }
}
