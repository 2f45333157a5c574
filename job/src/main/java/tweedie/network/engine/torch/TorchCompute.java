package tweedie.network.engine.torch;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import tweedie.network.engine.torch.TorchFunction.Gradient;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;

/** Runs a network by PyTorch, on the CPU or on a GPU: one call forward, and autograd back. */
public final class TorchCompute implements Compute {

  private final Graph graph;
  private final TorchOptions options;
  private final List<Node> inputs;
  private TorchArrays arrays;
  private TorchFunction normalization;
  private TorchFunction network;
  private INDArray parameters;
  private INDArray gradients;
  private NDList fixedWeights;
  private PtNDManager fixed;

  /** The arrays of the last pass, which hold what is needed to go back. */
  private PtNDManager pass;

  private PtNDArray output;

  /** What {@link #backward} differentiates by. */
  private PtNDArray leaf;

  /**
   * An engine for one network.
   *
   * @throws tweedie.device.DeviceException if PyTorch cannot run here as the options say
   */
  public TorchCompute(Graph graph, TorchOptions options) {
    this.graph = graph;
    this.options = TorchLibrary.load(options);
    this.inputs = graph.nodes().stream().filter(GraphInput.class::isInstance).toList();
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    endPass();
    forgetWeights();
    this.parameters = parameters;
    this.gradients = gradients;
  }

  @Override
  public void forward(int n, float[] out, float[]... inputs) {
    run(n, out, Gradient.OFF, inputs);
  }

  @Override
  public void forwardAndKeep(int n, float[] out, float[]... inputs) {
    run(n, out, Gradient.ON, inputs);
  }

  private void run(int n, float[] out, Gradient gradient, float[]... values) {
    open();
    endPass();
    pass = arrays.some();
    NDList arguments = new NDList();
    for (int i = 0; i < inputs.size(); i++) {
      FloatBuffer input = FloatBuffer.wrap(values[i]);
      arguments.add(arrays.put(pass, "input" + i, input, inputs.get(i).batch(n)));
    }
    leaf = gradients == null ? (PtNDArray) arguments.get(0) : flat(pass);
    JniUtils.attachGradient(leaf, gradient == Gradient.ON);
    arguments.addAll(gradients == null ? fixedWeights() : weights(gradient, leaf));
    output = (PtNDArray) network.call(gradient, arguments).singletonOrThrow();
    TorchArrays.read(output, FloatBuffer.wrap(out));
    if (gradient == Gradient.OFF) {
      endPass();
    }
  }

  private void open() {
    if (arrays == null) {
      arrays = new TorchArrays(options);
      normalization = new TorchFunction(arrays.manager(), TorchScript.weights(graph, options));
      network = new TorchFunction(arrays.manager(), TorchScript.network(graph, options));
    }
  }

  private PtNDArray flat(PtNDManager owner) {
    return arrays.put(owner, "parameters", floats(parameters), graph.parameterCount());
  }

  /** The memory of a flat vector, which may be a part of an array. */
  private FloatBuffer floats(INDArray flat) {
    FloatBuffer fromIt = flat.data().asNioFloat();
    return fromIt.slice(fromIt.position(), Math.toIntExact(graph.parameterCount()));
  }

  private NDList weights(Gradient gradient, PtNDArray flat) {
    return normalization.call(gradient, new NDList(flat));
  }

  private NDList fixedWeights() {
    if (fixed == null) {
      fixed = arrays.some();
      fixedWeights = weights(Gradient.OFF, flat(fixed));
    }
    return fixedWeights;
  }

  @Override
  public void backward(int n, float[] gradient) {
    JniUtils.zeroGrad(leaf);
    try (PtNDManager some = arrays.some()) {
      PtNDArray ofOutput =
          arrays.put(some, "gradient", FloatBuffer.wrap(gradient), graph.output().batch(n));
      boolean forAnotherTime = true;
      TorchFunction.explained(
          () -> {
            JniUtils.backward(output, ofOutput, forAnotherTime, false);
            return null;
          });
    }
    if (gradients != null) {
      readGradient(floats(gradients));
    }
  }

  private void readGradient(FloatBuffer to) {
    try (PtNDArray gradient = JniUtils.getGradient(leaf)) {
      TorchArrays.read(gradient, to);
    }
  }

  @Override
  public float[] inputGradient() {
    if (gradients != null) {
      throw new IllegalStateException("The gradients of the parameters are bound");
    }
    float[] gradient = new float[Math.toIntExact(leaf.size())];
    readGradient(FloatBuffer.wrap(gradient));
    return gradient;
  }

  @Override
  public String describe() {
    return TorchLibrary.describe(options);
  }

  private void endPass() {
    if (pass != null) {
      pass.close();
      pass = null;
      output = null;
      leaf = null;
    }
  }

  private void forgetWeights() {
    if (fixed != null) {
      fixed.close();
      fixed = null;
      fixedWeights = null;
    }
  }

  @Override
  public void close() {
    endPass();
    forgetWeights();
    if (arrays != null) {
      network.close();
      normalization.close();
      arrays.close();
    }
    arrays = null;
  }
}
