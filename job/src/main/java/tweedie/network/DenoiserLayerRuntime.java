package tweedie.network;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link Network} inside a DL4J network: forward, loss and backward in one pass. (DL4J's own
 * output layers run forward again for the score.)
 */
public final class DenoiserLayerRuntime extends BaseOutputLayer<DenoiserLayer> {

  private static final long serialVersionUID = 1L;

  private final transient Network network;
  private transient double[] losses = {};
  private transient double gradientNorm;
  private transient double clip;

  DenoiserLayerRuntime(NeuralNetConfiguration conf, DataType dataType, Network network) {
    super(conf, dataType);
    this.network = network;
  }

  /** w |D - x|^2 / d of each image of the last minibatch, [n]. */
  public double[] losses() {
    return losses;
  }

  /**
   * The Euclidean norm of the gradient of the mean loss of the last minibatch, before it was
   * scaled.
   */
  public double gradientNorm() {
    return gradientNorm;
  }

  /**
   * Scales gradients that are longer.
   *
   * @param most Euclidean norm of the gradient of the mean loss; 0 for no limit
   */
  public void clip(double most) {
    clip = most;
  }

  @Override
  public void setParamsViewArray(INDArray parameters) {
    super.setParamsViewArray(parameters);
    network.bind(parameters, gradientsFlattened);
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    super.setBackpropGradientsViewArray(gradients);
    network.bind(paramsFlattened, gradients);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    int n = (int) input.size(0);
    losses = DenoisingLoss.backward(network, floats(input), floats(labels), n);
    // the gradient is that of the sum, which the updater divides
    gradientNorm = gradientsFlattened.norm2Number().doubleValue() / n;
    if (clip > 0 && gradientNorm > clip) {
      gradientsFlattened.muli(clip / gradientNorm);
    }
    Gradient result = new DefaultGradient(gradientsFlattened);
    gradientViews.forEach(result::setGradientFor);
    return new Pair<>(result, null);
  }

  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
    double sum = regularization;
    for (double loss : losses) {
      sum += loss;
    }
    score = sum / losses.length;
    return score;
  }

  /** D of the rows in the input, [n, d]. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    int n = (int) input.size(0);
    if (gradientsFlattened == null) { // DL4J may have set other parameters since
      network.bind(paramsFlattened, null);
    }
    return workspaceMgr.leverageTo(
        ArrayType.ACTIVATIONS, Nd4j.createFromArray(denoise(floats(input), n)).reshape(n, -1));
  }

  /**
   * D of n rows, [n, d].
   *
   * @param rows [n, row length]
   */
  public float[] denoise(float[] rows, int n) {
    return network.denoise(rows, n);
  }

  @Override
  protected INDArray getLabels2d(LayerWorkspaceMgr workspaceMgr, ArrayType arrayType) {
    return labels;
  }

  /** What computes, in words. */
  public String engine() {
    return network.engine();
  }

  /** Frees the native memory of the network's activations. */
  public void release() {
    network.close();
  }

  private static float[] floats(INDArray array) {
    return (array.isView() || array.ordering() != 'c' ? array.dup('c') : array).data().asFloat();
  }
}
