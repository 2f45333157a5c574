package tweedie.network.engine.onednn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.nd4j.linalg.api.ndarray.INDArray;
import tweedie.device.NativeThreads;
import tweedie.network.engine.onednn.Plan.Purpose;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Precision;

/**
 * Runs a network by oneDNN on the CPU: in one layout throughout, with operations that follow each
 * other made one where that saves a pass over memory.
 *
 * <p>The number of threads is that of OpenMP in the thread that makes the first call for a batch
 * size. The same inputs give the same bits for the same number of threads, layout and kind of CPU.
 */
public final class OnednnCompute implements Compute {

  private final Graph graph;
  private final Layout layout;
  private INDArray parameters; // held: without it nobody may hold its memory
  private INDArray gradients;
  private final Precision precision;
  private float[] values = {};
  private float[] ofValues;
  private final Map<Purpose, Pass> passes = new EnumMap<>(Purpose.class);
  private Pass last;
  private float[] inputGradient;

  /** Runs a graph in a layout, in float32. */
  public OnednnCompute(Graph graph, Layout layout) {
    this(graph, layout, Precision.FLOAT32);
  }

  /**
   * Runs a graph in a layout.
   *
   * @param precision of what convolutions multiply where the gradient of the parameters is computed
   */
  public OnednnCompute(Graph graph, Layout layout, Precision precision) {
    this.graph = graph;
    this.layout = layout;
    this.precision = precision;
    // two threads of its own cost training by two of oneDNN a sixth of its speed
    NativeThreads.ofBlas(1);
  }

  /** Arrays and primitives for one batch size and purpose, in native memory of one scope. */
  private final class Pass {
    final PointerScope scope;
    final int n;
    final Purpose purpose;
    final Kernels kernels = new Kernels();
    final Buffers buffers = new Buffers();
    final Forward forward;
    final List<Outside> inputs = new ArrayList<>();
    final Outside output;
    List<Runnable> backward = List.of();
    Outside ofOutput;
    Outside ofInput;
    boolean prepared;

    Pass(int n, Purpose purpose) {
      this.n = n;
      this.purpose = purpose;
      scope = scope();
      try (PointerScope open = scope) {
        Plan plan = new Plan(graph, purpose);
        boolean half = purpose == Purpose.PARAMETER_GRADIENT && precision == Precision.BFLOAT16;
        forward = new Forward(graph, n, plan, layout, half, kernels, buffers);
        graph.nodes().stream()
            .filter(GraphInput.class::isInstance)
            .map(forward::tensor)
            .forEach(input -> inputs.add(new Outside(input, input.value.memory)));
        Tensor end = forward.tensor(graph.output());
        output = new Outside(end, end.value.memory);
        if (purpose != Purpose.OUTPUT) {
          Backward made = new Backward(graph, forward, plan, ofValues);
          backward = made.steps;
          ofOutput = new Outside(end, end.gradient.memory);
          if (purpose == Purpose.INPUT_GRADIENT) {
            Tensor first = inputs.get(0).tensor;
            ofInput = new Outside(first, first.gradient.memory);
          }
        }
        kernels.allocateScratch();
        open.extend(); // closed by release()
      }
    }

    @SuppressWarnings("unchecked") // an array of no classes
    private static PointerScope scope() {
      return new PointerScope();
    }

    void forward(float[] out, float[]... given) {
      for (int i = 0; i < given.length; i++) {
        inputs.get(i).write(given[i]);
      }
      if (purpose == Purpose.PARAMETER_GRADIENT || !prepared) {
        floats(parameters).get(values);
        forward.weights().forEach(weights -> weights.normalize(values));
        forward
            .factors()
            .forEach((parameter, at) -> Onednn.floats(at).put(0, values[(int) parameter.offset]));
        forward.preparing.forEach(Runnable::run);
        prepared = true;
      }
      forward.steps.forEach(Runnable::run);
      output.read(out);
    }

    void release() {
      scope.close();
    }
  }

  /** The way of an array from and to Java, example by example and pixel by pixel. */
  private static final class Outside {
    private final Tensor tensor;
    private final FloatPointer plain;
    private final Runnable in;
    private final Runnable out;

    Outside(Tensor tensor, memory array) {
      this.tensor = tensor;
      memory staged = Onednn.allocate(tensor.plain());
      memory exact = tensor.exact(array);
      this.plain = Onednn.floats(staged);
      this.in = Onednn.copy(staged, exact);
      this.out = Onednn.copy(exact, staged);
    }

    void write(float[] values) {
      plain.put(values);
      in.run();
    }

    void read(float[] values) {
      out.run();
      plain.get(values);
    }
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    close();
    this.parameters = parameters;
    this.gradients = gradients;
    values = new float[Math.toIntExact(parameters.length())];
    ofValues = gradients == null ? null : new float[values.length];
  }

  /** Where the numbers of a flat vector stand. */
  private static FloatPointer floats(INDArray flat) {
    return new FloatPointer(flat.data().addressPointer());
  }

  @Override
  public void forward(int n, float[] out, float[]... inputs) {
    pass(n, gradients == null ? Purpose.OUTPUT : Purpose.PARAMETER_GRADIENT).forward(out, inputs);
  }

  @Override
  public void forwardAndKeep(int n, float[] out, float[]... inputs) {
    pass(n, gradients == null ? Purpose.INPUT_GRADIENT : Purpose.PARAMETER_GRADIENT)
        .forward(out, inputs);
  }

  private Pass pass(int n, Purpose purpose) {
    last = passes.get(purpose);
    if (last == null || last.n != n) {
      if (last != null) {
        last.release();
      }
      last = new Pass(n, purpose);
      passes.put(purpose, last);
    }
    return last;
  }

  @Override
  public void backward(int n, float[] gradient) {
    last.ofOutput.write(gradient);
    last.backward.forEach(Runnable::run);
    if (gradients != null) {
      floats(gradients).put(ofValues);
    } else {
      inputGradient = new float[(int) (n * last.inputs.get(0).tensor.node.length())];
      last.ofInput.read(inputGradient);
    }
  }

  @Override
  public float[] inputGradient() {
    if (gradients != null) {
      throw new IllegalStateException("The gradients of the parameters are bound");
    }
    return inputGradient;
  }

  /** What oneDNN calls the code that it chose for the last batch size. */
  public Set<String> implementations() {
    return last == null ? Set.of() : last.kernels.implementations();
  }

  @Override
  public String describe() {
    return "oneDNN %s, %s%s"
        .formatted(
            Onednn.version(),
            layout == Layout.BLOCKED
                ? "blocks of %d channels".formatted(Layout.BLOCK)
                : "channels last",
            gradients != null && precision == Precision.BFLOAT16 ? ", bfloat16" : "");
  }

  @Override
  public void close() {
    passes.values().forEach(Pass::release);
    passes.clear();
    last = null;
  }
}
