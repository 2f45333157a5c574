package tweedie.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.network.engine.Engines;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Learner.Examples;
import tweedie.network.graph.Node;
import tweedie.network.graph.Parameter;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.score.Draws;

/**
 * A denoising network D(y, s) with its parameters in one flat vector, and its gradients with
 * respect to parameters and input.
 *
 * <p>It takes rows [y_1, .., y_k, s]: the k images that the network sees (the mean of the copies,
 * or all m copies) one after the other, each of d pixels in the order [height, width, channel] in
 * the scale of the data, then the noise s of their mean; where it knows classes, then that of the
 * image or {@link NetworkSettings#NO_CLASS}. One thread at a time; native memory is kept for the
 * last batch size until {@link #close}.
 */
public final class Network implements AutoCloseable {

  private final NetworkSettings settings;
  private final Graph graph = new Graph();
  private final NetworkInput input;
  private final Function<Graph, Compute> engine;
  private Compute compute;
  private final NetworkMiddle middle;
  private final NoiseFeatures noiseFeatures;
  private final Dropout dropout;
  private Preconditioning[] preconditioning = {};
  private float[] rows = {};

  /**
   * Describes the operations, to be run as {@link Engines} says; {@link #bind} must follow before
   * the first use.
   */
  public Network(NetworkSettings settings) {
    this(settings, Engines::compute);
  }

  /** As {@link #Network(NetworkSettings)}, run by another engine. */
  public Network(NetworkSettings settings, Function<Graph, Compute> engine) {
    this(settings, new Dropout(0), engine);
  }

  /**
   * As {@link #Network(NetworkSettings)}, in training.
   *
   * @param dropout share of the channels of its blocks that it leaves out at random, in [0, 1)
   */
  public static Network inTraining(NetworkSettings settings, double dropout) {
    return inTraining(settings, dropout, Engines::compute);
  }

  /** As {@link #inTraining(NetworkSettings, double)}, run by another engine. */
  public static Network inTraining(
      NetworkSettings settings, double dropout, Function<Graph, Compute> engine) {
    return new Network(settings, new Dropout(dropout), engine);
  }

  private Network(NetworkSettings settings, Dropout dropout, Function<Graph, Compute> engine) {
    this.settings = settings;
    this.dropout = dropout;
    this.engine = engine;
    this.input = new NetworkInput(settings);
    this.noiseFeatures = NoiseFeatures.of(settings.embedding());
    GraphInput images =
        graph.add(
            switch (settings.kind()) {
              case UNET ->
                  new GraphInput(
                      settings.shape().height(), settings.shape().width(), input.perPosition());
              case MLP -> new GraphInput(input.perPosition());
            });
    GraphInput noise = graph.add(new GraphInput(settings.embedding()));
    Node embedding =
        graph.add(new Silu(settings.classes() > 0 ? withClass(noise) : ofNoise(noise, 1)));
    Graph toMiddle =
        switch (settings.kind()) {
          case UNET -> new UNet(graph, settings, embedding, dropout).build(images);
          case MLP -> Mlp.build(graph, settings, images, embedding, dropout);
        };
    this.middle = new NetworkMiddle(toMiddle, engine);
  }

  private Node ofNoise(Node noise, double gain) {
    return graph.add(new Dense(graph, noise, "noise", settings.embedding(), gain));
  }

  /**
   * Half of the hidden values' variance is of the noise, half of the class (arXiv 2312.02696,
   * figure 21); a class that is not told adds nothing.
   */
  private Node withClass(Node noise) {
    double half = Math.sqrt(0.5);
    Node ofNoise = ofNoise(noise, half);
    Node label = graph.add(new GraphInput(settings.classes()));
    return graph.add(
        new Sum(ofNoise, graph.add(new Dense(graph, label, "class", settings.embedding(), half))));
  }

  /** Number of values in one row, see {@link NetworkSettings#rowLength}. */
  public int rowLength() {
    return settings.rowLength();
  }

  /** Number of parameters P. */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /** Native bytes that the values of all operations take, for every image of a batch. */
  public long bytesPerImage() {
    return Float.BYTES * graph.valuesPerExample();
  }

  /** The named arrays of the flat vector, in its order; each is stored row by row ("C" order). */
  public List<ParameterShape> parameters() {
    List<ParameterShape> shapes = new ArrayList<>();
    for (Parameter parameter : graph.parameters()) {
      shapes.add(new ParameterShape(parameter.name, parameter.offset, parameter.shape));
    }
    return shapes;
  }

  /**
   * Numbers besides the parameters that D hangs on, by name, as docs/export.md lists them:
   * frequencies and phases of the Fourier features of the noise, [embedding], shape of an image,
   * [3], frequencies of the waves of the pixels where there are any, and single numbers, [1].
   */
  public Map<String, float[]> constants() {
    Map<String, float[]> constants = new LinkedHashMap<>();
    constants.put("frequencies", noiseFeatures.frequencies().clone());
    constants.put("phases", noiseFeatures.phases().clone());
    boolean unet = settings.kind() == NetworkSettings.Kind.UNET;
    ImageShape shape = settings.shape();
    put(constants, "data_mean", settings.dataMean());
    put(constants, "data_std", settings.dataStd());
    put(constants, "shape", shape.height(), shape.width(), shape.channels());
    put(constants, "copies", settings.images());
    put(constants, "score", settings.output() == NetworkSettings.Output.SCORE ? 1 : 0);
    put(constants, "silu_magnitude", Silu.MAGNITUDE);
    put(constants, "branch_magnitude", unet ? UNet.BRANCH : Mlp.BRANCH);
    if (unet) {
      put(constants, "halvings", settings.halvings());
    }
    if (settings.classes() > 0) {
      put(constants, "classes", settings.classes());
    }
    if (!settings.pixelFrequencies().isEmpty()) {
      put(
          constants,
          "pixel_frequencies",
          settings.pixelFrequencies().stream().mapToDouble(f -> f).toArray());
    }
    return constants;
  }

  private static void put(Map<String, float[]> constants, String name, double... values) {
    constants.put(name, ImageRows.floats(values));
  }

  /**
   * One named array of the flat parameter vector.
   *
   * @param name its name
   * @param offset where it begins in the flat vector
   * @param shape its shape; [height, width, in, out] for convolutions, [in, out] for dense layers
   */
  public record ParameterShape(String name, long offset, long[] shape) {}

  /** Initial weights, [P], from the seed alone. */
  public float[] initialParameters(long seed) {
    return graph.initialParameters(seed, Draws.Purpose.WEIGHTS);
  }

  /**
   * Lets the network read its parameters from one flat vector and write its gradients to another.
   *
   * @param parameters [P]
   * @param gradients [P], or null to have {@link #backward} compute the gradient with respect to
   *     the images: the parameters must then stay as they are until the next bind, since the
   *     normalised weights are computed once
   */
  public void bind(INDArray parameters, INDArray gradients) {
    if (compute == null) {
      compute = engine.apply(graph);
    }
    compute.bind(parameters, gradients);
    middle.bind(parameters);
  }

  /** A learner of this network's parameters, which takes steps on {@link #examples}. */
  public Learner learner(Function<Graph, Learner> engine) {
    return engine.apply(graph);
  }

  /**
   * What a learner is given of n rows, so that its losses are w |D - x|^2 / d: D - x = cOut F - (x
   * - mean - cSkip (ybar - mean)).
   *
   * @param rows [n, {@link #rowLength}]
   * @param labels the clean images with their weights, rows [x, w], [n, d + 1]
   */
  public Examples examples(float[] rows, float[] labels, int n) {
    see(rows, n);
    int d = settings.shape().dimension();
    float[] scale = new float[n];
    float[] target = new float[n * d];
    float[] weight = new float[n];
    for (int i = 0; i < n; i++) {
      scale[i] = (float) preconditioning[i].cOut();
      weight[i] = labels[i * (d + 1) + d] / d;
      for (int j = 0; j < d; j++) {
        target[i * d + j] = (float) (labels[i * (d + 1) + j] - skipped(i, j));
      }
    }
    return new Examples(n, inputs(n), scale, target, weight);
  }

  /** How it runs, in words, once it is bound. */
  public String engine() {
    return compute.describe();
  }

  /**
   * Computes D for n rows.
   *
   * @param rows [n, {@link #rowLength}]
   * @param out receives the denoised images, [n, d]
   */
  public void denoise(float[] rows, int n, float[] out) {
    see(rows, n);
    compute.forward(n, out, inputs(n));
    addSkip(n, out);
  }

  /** As {@link #denoise(float[], int, float[])}, in an array of its own. */
  public float[] denoise(float[] rows, int n) {
    float[] out = new float[n * settings.shape().dimension()];
    denoise(rows, n, out);
    return out;
  }

  /**
   * D of n rows under the parameters of one of its learners, [n, d].
   *
   * @param rows [n, {@link #rowLength}]
   */
  public float[] denoise(float[] rows, int n, Learner learner) {
    see(rows, n);
    float[] out = learner.answer(n, inputs(n));
    addSkip(n, out);
    return out;
  }

  /** As {@link #denoise(float[], int, float[])}, and keeps what {@link #backward} needs. */
  public void forward(float[] rows, int n, float[] out) {
    see(rows, n);
    compute.forwardAndKeep(n, out, inputs(n));
    addSkip(n, out);
  }

  /** Number of values that {@link #middle} gives for each row. */
  public int middleLength() {
    return middle.length();
  }

  /**
   * Computes the values in the middle of the network for n rows, averaged over pixels: after the
   * last block of the deepest resolution of a UNet, before the way up; after the last block of an
   * MLP. The parameters have to stay as they are until the next bind.
   *
   * @param rows [n, {@link #rowLength}]
   * @return [n, {@link #middleLength}]
   */
  public float[] middle(float[] rows, int n) {
    see(rows, n);
    return middle.of(n, inputs(n));
  }

  private void see(float[] rows, int n) {
    this.rows = rows;
    preconditioning = new Preconditioning[n];
    for (int i = 0; i < n; i++) {
      preconditioning[i] = Preconditioning.at(settings, rows[i * rowLength() + settings.noiseAt()]);
    }
  }

  /** What the operations are given of the rows last seen. */
  private float[][] inputs(int n) {
    List<float[]> inputs = new ArrayList<>();
    inputs.add(input.of(rows, preconditioning));
    inputs.add(noiseFeatures.of(preconditioning));
    if (settings.classes() > 0) {
      inputs.add(classFeatures(n));
    }
    inputs.addAll(dropout.of(rows, n, rowLength()));
    return inputs.toArray(float[][]::new);
  }

  /**
   * The square root of the number of classes at the place of the row's class, 0 elsewhere: of
   * magnitude 1.
   */
  private float[] classFeatures(int n) {
    int classes = settings.classes();
    float[] features = new float[n * classes];
    for (int i = 0; i < n; i++) {
      int of = (int) rows[(i + 1) * rowLength() - 1];
      if (of != NetworkSettings.NO_CLASS) {
        features[i * classes + of] = (float) Math.sqrt(classes);
      }
    }
    return features;
  }

  /**
   * Propagates the gradient of a loss back from D of the last {@link #forward}; the gradient with
   * respect to the parameters is then in the vector given to {@link #bind}.
   *
   * @param gradient dL/dD, [n, d]
   */
  public void backward(float[] gradient, int n) {
    int d = settings.shape().dimension();
    float[] raw = new float[n * d];
    for (int i = 0; i < n; i++) {
      float cOut = (float) preconditioning[i].cOut();
      for (int j = i * d; j < (i + 1) * d; j++) {
        raw[j] = cOut * gradient[j];
      }
    }
    compute.backward(n, raw);
  }

  /**
   * The gradient of the loss of the last {@link #backward} with respect to the images, [n, k d] in
   * the order of the rows: the product of {@code gradient} and the Jacobian dD/dy.
   *
   * @param gradient what was given to backward, [n, d]
   * @throws IllegalStateException if gradients with respect to the parameters are bound
   */
  public float[] inputGradient(float[] gradient) {
    return input.gradient(rows, preconditioning, gradient, compute.inputGradient());
  }

  @Override
  public void close() {
    middle.close();
    if (compute != null) {
      compute.close();
    }
  }

  /** From the raw network's F to D, in place; see {@link Preconditioning}. */
  private void addSkip(int n, float[] out) {
    int d = settings.shape().dimension();
    for (int i = 0; i < n; i++) {
      double cOut = preconditioning[i].cOut();
      for (int j = 0; j < d; j++) {
        out[i * d + j] = (float) (skipped(i, j) + cOut * out[i * d + j]);
      }
    }
  }

  /** The part of value j of D of row i that passes by the operations. */
  private double skipped(int i, int j) {
    int k = settings.images();
    double mean = settings.dataMean();
    double sum = 0;
    for (int image = 0; image < k; image++) {
      sum += rows[i * rowLength() + image * settings.shape().dimension() + j];
    }
    return mean + preconditioning[i].cSkip() * (sum / k - mean);
  }
}
