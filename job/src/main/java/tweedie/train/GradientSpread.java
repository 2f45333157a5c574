package tweedie.train;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import tweedie.data.LabeledImage;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.Minibatch.Drawn;

/**
 * How far the gradient of a minibatch of B images with K draws of noise each scatters, as the trace
 * of its covariance: V_x / B + V_noise / (B K), where V_noise is what the noise adds and V_x what
 * the choice of images adds. Measured from gradients, with no assumption about them.
 */
public final class GradientSpread {

  private GradientSpread() {}

  /**
   * Traces of the covariance of the gradient of one minibatch.
   *
   * @param draws K
   * @param givenImages of B given images, over their noise: V_noise / (B K)
   * @param ofImages of B images with K draws each, over images and noise: V_x / B + V_noise / (B K)
   * @param ofFresh of B K images with one draw each: (V_x + V_noise) / (B K)
   */
  public record Traces(int draws, double givenImages, double ofImages, double ofFresh) {}

  /**
   * Measures at fixed weights.
   *
   * @param settings whose seed decides the noise and the order of the images
   * @param weights [P]
   * @param images from which minibatches are taken one after the other, in a random order: where
   *     neighbours are alike, as in MNIST, minibatches would scatter more
   * @param batchSize B
   * @param draws the numbers K to measure
   * @param repeats number of minibatches, at least 2
   * @throws IllegalArgumentException if the images are not enough for one minibatch of B K
   */
  public static List<Traces> of(
      NetworkSettings network,
      TrainSettings settings,
      float[] weights,
      List<LabeledImage> images,
      int batchSize,
      List<Integer> draws,
      int repeats) {
    int most = batchSize * draws.stream().mapToInt(Integer::intValue).max().orElseThrow();
    if (repeats < 2 || images.size() < most) {
      throw new IllegalArgumentException(
          "The spread of gradients needs 2 repeats and %d images, not %d and %d"
              .formatted(most, repeats, images.size()));
    }
    List<Drawn> shuffled =
        ShuffledImages.shuffled(ShardImages.inMemory(images), settings.seed(), 0);
    Gradients gradients = new Gradients(network, settings, shuffled, batchSize, repeats);
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(network, new NoOp()));
    try {
      model.init(Nd4j.createFromArray(weights), false);
      List<Traces> all = new ArrayList<>();
      for (int k : draws) {
        all.add(gradients.traces(model, k));
      }
      return all;
    } finally {
      DenoiserLayer.free(model);
    }
  }

  /** Gradients of minibatches of these images. */
  private record Gradients(
      NetworkSettings network,
      TrainSettings settings,
      List<Drawn> images,
      int batchSize,
      int repeats) {

    Traces traces(MultiLayerNetwork model, int draws) {
      Sum ofImages = new Sum();
      Sum ofFresh = new Sum();
      double givenImages = 0;
      for (int repeat = 0; repeat < repeats; repeat++) {
        List<Drawn> batch = batch(repeat, batchSize);
        float[] one = gradient(model, batch, 2 * repeat, draws);
        float[] other = gradient(model, batch, 2 * repeat + 1, draws);
        double apart = 0;
        for (int i = 0; i < one.length; i++) {
          apart += (double) (one[i] - other[i]) * (one[i] - other[i]);
        }
        givenImages += apart / 2 / repeats;
        ofImages.add(one);
        ofFresh.add(
            draws == 1 ? one : gradient(model, batch(repeat, batchSize * draws), 2 * repeat, 1));
      }
      return new Traces(draws, givenImages, ofImages.trace(), ofFresh.trace());
    }

    /** Minibatch number {@code number} of the images, which are begun again where they end. */
    private List<Drawn> batch(int number, int size) {
      List<Drawn> batch = new ArrayList<>(size);
      long first = (long) number * size;
      for (int i = 0; i < size; i++) {
        batch.add(images.get((int) ((first + i) % images.size())));
      }
      return batch;
    }

    /** The gradient of the mean loss, [P]. */
    private float[] gradient(MultiLayerNetwork model, List<Drawn> images, int epoch, int draws) {
      Objective objective = Objective.ofEpoch(settings, network, epoch, draws);
      Minibatch batch = Minibatch.of(images, objective, network);
      try (INDArray rows = batch.nativeRows();
          INDArray labels = batch.nativeLabels()) {
        model.setInput(rows);
        model.setLabels(labels);
        model.computeGradientAndScore();
      }
      // DL4J divides by the number of rows only when it updates
      float[] sum = model.getFlattenedGradients().data().asFloat();
      for (int i = 0; i < sum.length; i++) {
        sum[i] /= batch.size();
      }
      return sum;
    }
  }

  /** Sums of gradients, in double. */
  private static final class Sum {

    private double[] mean;
    private double squares;
    private int count;

    /** Welford's update, which does not subtract large numbers. */
    void add(float[] gradient) {
      mean = mean == null ? new double[gradient.length] : mean;
      count++;
      for (int i = 0; i < mean.length; i++) {
        double delta = gradient[i] - mean[i];
        mean[i] += delta / count;
        squares += delta * (gradient[i] - mean[i]);
      }
    }

    double trace() {
      return squares / (count - 1);
    }
  }
}
