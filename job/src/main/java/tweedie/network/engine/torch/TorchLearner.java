package tweedie.network.engine.torch;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.List;
import tweedie.network.engine.torch.TorchFunction.Gradient;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Node;

/**
 * Fits a network by PyTorch. One call of a function on the device is one step: forward, loss,
 * gradient, Adam and moving average. Only the examples go there, and only their losses come back.
 */
public final class TorchLearner implements Learner {

  private final TorchOptions options;
  private final List<Node> inputs;
  private final long outputs;
  private final long count;
  private final TorchArrays arrays;
  private final TorchFunction step;
  private final Graph graph;
  private PtNDArray parameters;
  private PtNDArray moments;
  private PtNDArray average;
  private TorchFunction weights;
  private TorchFunction network;
  private boolean finite = true;
  private double norm;

  /**
   * An engine for one network.
   *
   * @throws tweedie.device.DeviceException if PyTorch cannot run here as the options say
   */
  public TorchLearner(Graph graph, TorchOptions options) {
    this.options = TorchLibrary.load(options);
    this.inputs = graph.nodes().stream().filter(GraphInput.class::isInstance).toList();
    this.outputs = graph.output().length();
    this.count = graph.parameterCount();
    this.arrays = new TorchArrays(this.options);
    this.step = new TorchFunction(arrays.manager(), TorchScript.learner(graph, this.options));
    this.graph = graph;
  }

  @Override
  public void begin(float[] parameters, float[] moments, float[] average) {
    this.parameters = own("parameters", parameters, count);
    this.moments = own("moments", moments, 2 * count);
    this.average = own("average", average, count);
  }

  /** An array that is changed in place from now on. */
  private PtNDArray own(String purpose, float[] values, long length) {
    return arrays.put(arrays.manager(), purpose, FloatBuffer.wrap(values), length);
  }

  @Override
  public float[] step(Examples examples, AdamStep adam, double decay) {
    int n = examples.n();
    try (PtNDManager some = arrays.some()) {
      NDList arguments = new NDList(parameters, moments, average);
      arguments.addAll(put(some, n, examples.inputs()));
      arguments.add(put(some, "scale", examples.scale(), n, 1));
      arguments.add(put(some, "target", examples.target(), n, outputs));
      arguments.add(put(some, "weight", examples.weight(), n));
      FloatBuffer numbers = numbers(adam, decay);
      arguments.add(arrays.putOnHost(some, "numbers", numbers, numbers.remaining()));
      NDList result = step.call(Gradient.ON, arguments);
      result.attach(some);
      float[] losses = new float[n];
      float[] sumAndNorm = new float[2];
      read((PtNDArray) result.singletonOrThrow(), losses, sumAndNorm);
      norm = sumAndNorm[1];
      // a gradient whose norm overflows would be scaled to 0
      finite = Float.isFinite(sumAndNorm[0]) && (adam.clip() == 0 || Double.isFinite(norm));
      return losses;
    }
  }

  @Override
  public float[] answer(int n, float[][] inputs) {
    if (network == null) { // few trainings ask
      weights = new TorchFunction(arrays.manager(), TorchScript.weights(graph, options));
      network = new TorchFunction(arrays.manager(), TorchScript.network(graph, options));
    }
    try (PtNDManager some = arrays.some()) {
      NDList arguments = put(some, n, inputs);
      NDList normalized = weights.call(Gradient.OFF, new NDList(parameters));
      normalized.attach(some);
      arguments.addAll(normalized);
      NDList answers = network.call(Gradient.OFF, arguments);
      answers.attach(some);
      return floats((PtNDArray) answers.singletonOrThrow());
    }
  }

  private NDList put(PtNDManager owner, int n, float[][] values) {
    NDList arrays = new NDList();
    for (int i = 0; i < inputs.size(); i++) {
      arrays.add(put(owner, "input" + i, values[i], inputs.get(i).batch(n)));
    }
    return arrays;
  }

  private PtNDArray put(PtNDManager owner, String purpose, float[] values, long... shape) {
    return arrays.put(owner, purpose, FloatBuffer.wrap(values), shape);
  }

  private static void read(PtNDArray array, float[] first, float[] second) {
    FloatBuffer all = FloatBuffer.allocate(first.length + second.length);
    TorchArrays.read(array, all);
    all.flip().get(first).get(second);
  }

  /**
   * What a step hangs on besides the examples: rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon,
   * decay, 1 - decay, clip. The complements of the betas are those of their floats, as in ND4J's
   * Adam.
   */
  private static FloatBuffer numbers(AdamStep adam, double decay) {
    float beta1 = (float) adam.beta1();
    float beta2 = (float) adam.beta2();
    return FloatBuffer.wrap(
        new float[] {
          adam.correctedRate(),
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          (float) adam.epsilon(),
          (float) decay,
          (float) (1 - decay),
          (float) adam.clip()
        });
  }

  @Override
  public boolean isFinite() {
    return finite;
  }

  @Override
  public double gradientNorm() {
    return norm;
  }

  @Override
  public float[] parameters() {
    return floats(parameters);
  }

  @Override
  public float[] moments() {
    return floats(moments);
  }

  @Override
  public float[] average() {
    return floats(average);
  }

  private static float[] floats(PtNDArray array) {
    float[] values = new float[Math.toIntExact(array.size())];
    TorchArrays.read(array, FloatBuffer.wrap(values));
    return values;
  }

  @Override
  public String describe() {
    return TorchLibrary.describe(options);
  }

  @Override
  public void close() {
    step.close();
    if (network != null) {
      weights.close();
      network.close();
    }
    arrays.close();
  }
}
