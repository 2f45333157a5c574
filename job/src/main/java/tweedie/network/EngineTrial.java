package tweedie.network;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.Engines;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * What the engine of this process makes of a network of preset {@code mnist}, with random weights
 * on random images: whether it computes what another one does, and how fast.
 *
 * @param engine in words
 * @param difference largest difference of outputs and gradients from those of {@link
 *     Engines#reference}, relative to the largest number; NaN where there is no other engine,
 *     infinite where numbers are not finite
 * @param tolerance how far they may be apart
 * @param imagesPerSecond forward and backward, minibatches of 64
 */
public record EngineTrial(
    String engine, double difference, double tolerance, double imagesPerSecond)
    implements Serializable {

  /** Of an engine that was not tried. */
  public static final EngineTrial NONE = new EngineTrial("-", Double.NaN, 0, 0);

  private static final int COMPARED = 8;
  private static final int BATCH = 64;
  private static final long MEASURED_NANOS = 1_000_000_000L;

  private static final NetworkSettings NETWORK =
      new NetworkSettings(
          new ImageShape(28, 28, 1),
          Kind.UNET,
          List.of(32, 64, 128),
          2,
          1,
          0,
          0,
          64,
          Input.MEAN,
          1,
          Output.DENOISER,
          0.13,
          0.31,
          List.of());

  /** Tries the engine of this process; takes some seconds. */
  public static EngineTrial run() {
    try (Subject subject = new Subject(Engines::compute)) {
      double difference = Double.NaN;
      Optional<Function<Graph, Compute>> reference = Engines.reference();
      if (reference.isPresent()) {
        try (Subject other = new Subject(reference.get())) {
          difference = difference(subject.step(COMPARED), other.step(COMPARED));
          difference = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
        }
      }
      return new EngineTrial(
          subject.network.engine(), difference, Engines.tolerance(), subject.imagesPerSecond());
    }
  }

  /** Whether it was tried. */
  public boolean isTried() {
    return imagesPerSecond > 0;
  }

  /** Whether there was another engine to compare it with. */
  public boolean isCompared() {
    return !Double.isNaN(difference);
  }

  /** What is wrong with it, a sentence; empty if nothing is. */
  public Optional<String> refusal() {
    return isCompared() && !(difference <= tolerance)
        ? Optional.of(
            "%s computes other numbers than another engine: they differ by %.1e of the largest, and rounding would by less than %.0e. Set tweedie.compute.engine to another one"
                .formatted(engine, difference, tolerance))
        : Optional.empty();
  }

  /** The largest over several arrays. */
  private static double difference(List<float[]> actual, List<float[]> expected) {
    double largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      double scale = 0;
      double apart = 0;
      for (int j = 0; j < expected.get(i).length; j++) {
        scale = Math.max(scale, Math.abs(expected.get(i)[j]));
        apart = Math.max(apart, Math.abs(actual.get(i)[j] - expected.get(i)[j])); // NaN stays
      }
      largest = Math.max(largest, apart / scale);
    }
    return largest;
  }

  /** The network in one engine. */
  private static final class Subject implements AutoCloseable {
    final Network network;
    private final INDArray parameters;
    private final INDArray gradients;

    Subject(Function<Graph, Compute> engine) {
      network = new Network(NETWORK, engine);
      float[] weights = network.initialParameters(1);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = weights[i] == 0 ? 0.5f : weights[i]; // gains, which begin at 0
      }
      parameters = Nd4j.createFromArray(weights);
      gradients = Nd4j.zeros(DataType.FLOAT, weights.length);
      network.bind(parameters, gradients);
    }

    /** D of n random images, and the gradient of D along a random direction. */
    List<float[]> step(int n) {
      return List.of(new Images(n).step(), gradients.data().asFloat());
    }

    double imagesPerSecond() {
      Images images = new Images(BATCH);
      images.step(); // makes the arrays
      long began = System.nanoTime();
      long steps = 0;
      while (System.nanoTime() - began < MEASURED_NANOS) {
        images.step();
        steps++;
      }
      return steps * BATCH / ((System.nanoTime() - began) / 1e9);
    }

    /** Random images and a random direction, drawn once. */
    private final class Images {
      private final int n;
      private final float[] rows;
      private final float[] direction;

      Images(int n) {
        this.n = n;
        this.rows = new float[n * network.rowLength()];
        this.direction = new float[n * NETWORK.shape().dimension()];
        Draws draws = Draws.of(1, Purpose.ORACLE, n, 0);
        for (int i = 0; i < rows.length; i++) {
          boolean noise = (i + 1) % network.rowLength() == 0;
          rows[i] = (float) (noise ? Math.exp(draws.uniform(-3, 3)) : draws.gaussian());
        }
        for (int i = 0; i < direction.length; i++) {
          direction[i] = (float) draws.gaussian();
        }
      }

      /** D; the gradient is in the vector that is bound. */
      float[] step() {
        float[] denoised = new float[direction.length];
        network.forward(rows, n, denoised);
        network.backward(direction, n);
        return denoised;
      }
    }

    @Override
    public void close() {
      network.close();
      parameters.close();
      gradients.close();
    }
  }
}
