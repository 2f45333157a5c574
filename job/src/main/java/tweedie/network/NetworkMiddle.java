package tweedie.network;

import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Node;

/**
 * What a network has made of its images in its middle, averaged over pixels: the part of its
 * operations up to there, run alone, with the first of its parameters.
 */
final class NetworkMiddle implements AutoCloseable {

  private final Graph part;
  private final Function<Graph, Compute> engine;
  private INDArray parameters;
  private Compute compute;

  NetworkMiddle(Graph part, Function<Graph, Compute> engine) {
    this.part = part;
    this.engine = engine;
  }

  /** Features of an image: channels of the middle. */
  int length() {
    return Math.toIntExact(part.output().channels());
  }

  /**
   * Lets it read its parameters.
   *
   * @param all those of the whole network, [P]; they have to stay as they are until the next bind
   */
  void bind(INDArray all) {
    close();
    parameters = all;
  }

  /**
   * The features of n images.
   *
   * @param inputs of the network
   * @return [n, {@link #length}]
   */
  float[] of(int n, float[][] inputs) {
    if (compute == null) {
      compute = engine.apply(part);
      compute.bind(parameters, null);
    }
    Node middle = part.output();
    float[] values = new float[Math.toIntExact(n * middle.length())];
    compute.forward(n, values, inputs);
    return averaged(values, n);
  }

  /** Means over the pixels of [n, .., channels]. */
  private float[] averaged(float[] values, int n) {
    int channels = length();
    int perImage = values.length / n;
    int pixels = perImage / channels;
    float[] means = new float[n * channels];
    for (int i = 0; i < values.length; i++) {
      means[i / perImage * channels + i % channels] += values[i] / pixels;
    }
    return means;
  }

  @Override
  public void close() {
    if (compute != null) {
      compute.close();
      compute = null;
    }
  }
}
