package tweedie.network.engine.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import tweedie.network.graph.Weights;

/**
 * The weights that an operation uses, made of the raw ones, and the way back of their gradient. On
 * the way their channels are filled up with zeros.
 */
final class NormalizedWeights {

  private final Weights weights;
  private final int inputs;
  private final int outputs;
  private final int wideOutputs;

  /** Where each row of outputs begins in {@link #wide}. */
  private final int[] rows;

  private final float[] wide;
  private final float[] factors;
  private final FloatPointer nativeWeights;
  private FloatPointer nativeGradient;
  private float[] wideGradient;

  /** [.., in, out], with channels filled up. */
  final memory array;

  /** The same for the gradient. */
  memory gradient;

  /**
   * Weights [window, in, out] for input channels at other places.
   *
   * @param places where each input channel stands among so many
   * @param window number of pixels of the window; 1 for a dense layer
   */
  NormalizedWeights(Weights weights, int window, int[] places, int among, memory.desc desc) {
    this.weights = weights;
    this.inputs = (int) weights.inputs();
    this.outputs = (int) weights.outputs();
    this.wideOutputs = (int) Layout.wide(outputs);
    this.rows = new int[inputs];
    for (int i = 0; i < inputs; i++) {
      int pixel = i / places.length;
      rows[i] = (pixel * among + places[i % places.length]) * wideOutputs;
    }
    this.wide = new float[window * among * wideOutputs];
    this.factors = new float[outputs];
    this.array = Onednn.allocate(desc);
    this.nativeWeights = Onednn.floats(array);
  }

  /** Says that the gradient is asked for. */
  void learn(memory.desc desc) {
    gradient = Onednn.allocate(desc);
    nativeGradient = Onednn.floats(gradient);
    wideGradient = new float[wide.length];
  }

  /** Makes {@link #array} of the raw weights in the flat vector. */
  void normalize(float[] parameters) {
    int offset = (int) weights.raw().offset;
    double[] squares = new double[outputs];
    for (int i = 0; i < inputs; i++) {
      int from = offset + i * outputs;
      for (int o = 0; o < outputs; o++) {
        squares[o] += (double) parameters[from + o] * parameters[from + o];
      }
    }
    for (int o = 0; o < outputs; o++) {
      factors[o] = (float) (weights.length() / Math.sqrt(squares[o]));
    }
    for (int i = 0; i < inputs; i++) {
      int from = offset + i * outputs;
      int to = rows[i];
      for (int o = 0; o < outputs; o++) {
        wide[to + o] = factors[o] * parameters[from + o];
      }
    }
    nativeWeights.put(wide);
  }

  /** Writes the gradient of the raw weights, from {@link #gradient}, to the flat vector. */
  void unnormalize(float[] gradients) {
    float[] g = wideGradient;
    nativeGradient.get(g);
    double[] along = new double[outputs];
    for (int i = 0; i < inputs; i++) {
      int at = rows[i];
      for (int o = 0; o < outputs; o++) {
        along[o] += (double) wide[at + o] * g[at + o];
      }
    }
    float[] projection = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      projection[o] = (float) (along[o] / (weights.length() * weights.length()));
    }
    int offset = (int) weights.raw().offset;
    for (int i = 0; i < inputs; i++) {
      int from = rows[i];
      int to = offset + i * outputs;
      for (int o = 0; o < outputs; o++) {
        gradients[to + o] = factors[o] * (g[from + o] - projection[o] * wide[from + o]);
      }
    }
  }

  /** Places of channels that stand in blocks of their own, one after the other. */
  static int[] places(long... channels) {
    int[] places = new int[(int) Arrays.stream(channels).sum()];
    int channel = 0;
    int at = 0;
    for (long count : channels) {
      for (int i = 0; i < count; i++) {
        places[channel++] = at + i;
      }
      at += (int) Layout.wide(count);
    }
    return places;
  }
}
