package tweedie.network;

import java.io.Serializable;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.data.ImageShape;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Silu;
import tweedie.score.Draws;

/**
 * A small convolutional network that tells the class of an image: three 3 x 3 convolutions, two of
 * which halve the image, a hidden layer of {@link #FEATURES}, and a softmax.
 *
 * <p>Images are rows of d pixels in the order [height, width, channel] in the scale of the data.
 * One thread at a time; native memory is kept for the last batch size until {@link #close}.
 */
public final class ClassNetwork implements AutoCloseable {

  /** Length of the last hidden layer. */
  public static final int FEATURES = 128;

  private static final int[] CHANNELS = {16, 32, 64};

  /**
   * Magnitude of the logits before training; weights that turn towards a class raise it ten times.
   */
  private static final double LOGIT_MAGNITUDE = 2;

  private final Settings settings;
  private final Graph graph = new Graph();
  private final Nd4jCompute compute = new Nd4jCompute(graph);
  private final Node features;
  private final INDArray parameters;
  private INDArray gradients;
  private INDArray moments;
  private final Adam rate = new Adam();
  private GradientUpdater<?> adam;
  private int steps;

  /**
   * What the network is made for.
   *
   * @param shape of the images
   * @param classes number of classes K, at least 2
   * @param dataMean mean of the pixels, which is subtracted
   * @param dataStd standard deviation of the pixels, by which they are divided, &gt; 0
   */
  public record Settings(ImageShape shape, int classes, double dataMean, double dataStd)
      implements Serializable {}

  /** A network with initial weights from the seed alone. */
  public ClassNetwork(Settings settings, long seed) {
    this(settings, seed, null);
  }

  /**
   * A network with these weights.
   *
   * @param parameters [P]
   * @throws IllegalArgumentException if the network has another number of parameters
   */
  public ClassNetwork(Settings settings, float[] parameters) {
    this(settings, 0, parameters);
  }

  private ClassNetwork(Settings settings, long seed, float[] given) {
    this.settings = settings;
    ImageShape shape = settings.shape();
    long onesChannel = 1;
    Node h =
        graph.add(new GraphInput(shape.height(), shape.width(), shape.channels() + onesChannel));
    for (int layer = 0; layer < CHANNELS.length; layer++) {
      int stride = layer == 0 ? 1 : 2;
      h = graph.add(new Convolution(graph, h, "conv" + layer, 3, stride, CHANNELS[layer], 1));
      h = graph.add(new Silu(h));
    }
    h = graph.add(new Dense(graph, graph.add(new Flatten(h)), "hidden", FEATURES, 1));
    features = graph.add(new Silu(h));
    graph.add(new Dense(graph, features, "classes", settings.classes(), LOGIT_MAGNITUDE));
    if (given != null && given.length != graph.parameterCount()) {
      throw new IllegalArgumentException(
          "A classifier of %s has %d parameters, not %d"
              .formatted(settings, graph.parameterCount(), given.length));
    }
    parameters =
        Nd4j.createFromArray(
            given == null ? graph.initialParameters(seed, Draws.Purpose.CLASSIFIER) : given);
    compute.bind(parameters, null);
  }

  /** The weights, [P]. */
  public float[] parameters() {
    return parameters.data().asFloat();
  }

  /**
   * Computes probabilities and features of n images.
   *
   * @param rows [n, d]
   * @param probabilities receives [n, K]
   * @param hidden receives the last hidden layer, [n, {@link #FEATURES}]
   */
  public void classify(float[] rows, int n, float[] probabilities, float[] hidden) {
    compute.forward(n, probabilities, scaled(rows, n));
    softmaxes(n, probabilities);
    System.arraycopy(compute.value(features), 0, hidden, 0, n * FEATURES);
  }

  /**
   * Takes one step of Adam on the mean cross-entropy -log p(label) of n images.
   *
   * @param rows [n, d]
   * @param labels 0..K-1, [n]
   * @return the mean cross-entropy in nats before the step
   */
  public double step(float[] rows, int[] labels, int n, double learningRate) {
    beTrainable();
    int classes = settings.classes();
    float[] gradient = new float[n * classes];
    compute.forwardAndKeep(n, gradient, scaled(rows, n));
    softmaxes(n, gradient);
    double loss = 0;
    for (int i = 0; i < n; i++) {
      int at = i * classes + labels[i];
      loss -= Math.log(Math.max(gradient[at], Float.MIN_NORMAL)) / n;
      gradient[at] -= 1; // d loss / d logits = p - 1(label)
    }
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] /= n;
    }
    compute.backward(n, gradient);
    rate.setLearningRate(learningRate);
    adam.applyUpdater(gradients, steps++, 0);
    parameters.subi(gradients.reshape(gradients.length()));
    return loss;
  }

  private void beTrainable() {
    if (gradients == null) {
      long count = graph.parameterCount();
      gradients = Nd4j.zeros(DataType.FLOAT, 1, count);
      moments = Nd4j.zeros(DataType.FLOAT, 1, 2 * count);
      adam = rate.instantiate(moments, true);
      compute.bind(parameters, gradients);
    }
  }

  /** From logits to probabilities, in place. */
  private void softmaxes(int n, float[] values) {
    int classes = settings.classes();
    for (int i = 0; i < n; i++) {
      softmax(values, i * classes, classes);
    }
  }

  private static void softmax(float[] values, int from, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      max = Math.max(max, values[from + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(values[from + k] - max);
    }
    for (int k = 0; k < classes; k++) {
      values[from + k] = (float) (Math.exp(values[from + k] - max) / sum);
    }
  }

  /** (x - mean) / std, with the channel of ones. */
  private float[] scaled(float[] rows, int n) {
    int channels = settings.shape().channels();
    float mean = (float) settings.dataMean();
    float scale = (float) (1 / settings.dataStd());
    int pixels = n * settings.shape().dimension() / channels;
    float[] scaled = new float[pixels * (channels + 1)];
    Arrays.fill(scaled, 1);
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int c = 0; c < channels; c++) {
        scaled[pixel * (channels + 1) + c] = scale * (rows[pixel * channels + c] - mean);
      }
    }
    return scaled;
  }

  @Override
  public void close() {
    compute.close();
    parameters.close();
    if (gradients != null) {
      gradients.close();
      moments.close();
    }
  }
}
