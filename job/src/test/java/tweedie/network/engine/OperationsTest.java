package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Upsample;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** Single operations against what they are in closed form. */
class OperationsTest {

  private static final int N = 2;

  /** A graph of one operation behind one input. */
  private static final class One implements AutoCloseable {
    final Node out;
    final Node x;
    final INDArray parameters;
    private final Compute compute;

    One(TestedEngine engine, BiFunction<Graph, Node, Node> operation, long... shape) {
      Graph graph = new Graph();
      x = graph.add(new GraphInput(shape));
      out = graph.add(operation.apply(graph, x));
      parameters = Nd4j.createFromArray(random((int) Math.max(1, graph.parameterCount()), 1, 5));
      compute = engine.apply(graph);
      compute.bind(parameters, null);
    }

    float[] forward(float[] values) {
      float[] result = new float[(int) (N * out.length())];
      compute.forwardAndKeep(N, result, values);
      return result;
    }

    float[] backward(float[] gradient) {
      compute.backward(N, gradient);
      return compute.inputGradient();
    }

    @Override
    public void close() {
      compute.close();
      parameters.close();
    }
  }

  private static float[] random(int count, double scale, long stream) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * draws.gaussian());
    }
    return values;
  }

  private static final float[] FAR_OUT = {
    -2e38f, -2000, -200, -88.8f, -45, -3, -0.5f, 0, 1e-6f, 0.5f, 3, 44, 45, 88.8f, 200, 2000, 2e38f
  };

  @ParameterizedTest
  @EnumSource
  void siluAndItsDerivativeAreRightFarOut(TestedEngine engine) {
    try (One silu = new One(engine, (graph, input) -> new Silu(input), 1)) {
      for (float x : FAR_OUT) {
        if (Math.abs(x) > 1e4 && engine == TestedEngine.ND4J) {
          continue; // sigmoid (1 - value) + value cancels
        }
        double sigmoid = 1 / (1 + Math.exp(-(double) x));
        assertThat((double) silu.forward(new float[] {x, -x})[0])
            .isCloseTo(x * sigmoid, within(1e-6 * (1 + Math.abs(x * sigmoid))));
        double derivative = sigmoid * (1 + x * (1 - sigmoid));
        assertThat((double) silu.backward(new float[] {2, 1})[0])
            .isCloseTo(2 * derivative, within(1e-5 + (Math.abs(x) < 1e4 ? 2e-7 * Math.abs(x) : 0)));
      }
    }
  }

  /** <A x, g> = <x, A' g>. */
  @ParameterizedTest
  @EnumSource
  void gradientsOfLinearOperationsAreTheirAdjoints(TestedEngine engine) {
    for (double scale : new double[] {1, 200}) {
      assertAdjoint(engine, (graph, x) -> new Upsample(x), scale, 3, 5, 4);
      assertAdjoint(engine, (graph, x) -> new Scale(graph, x, "gain"), scale, 3, 5, 4);
      assertAdjoint(engine, (graph, x) -> new Dense(graph, x, "dense", 6, 0.7), scale, 8);
      for (int stride = 1; stride <= 2; stride++) {
        for (int kernel = 1; kernel <= 3; kernel += 2) {
          for (int out : new int[] {1, 3, 10, 24}) {
            int k = kernel;
            int by = stride;
            BiFunction<Graph, Node, Node> convolution =
                (graph, x) -> new Convolution(graph, x, "convolution", k, by, out, 0.7);
            assertAdjoint(engine, convolution, scale, 4, 6, 3);
            assertAdjoint(engine, convolution, scale, 7, 7, 1);
            assertAdjoint(engine, convolution, scale, 5, 9, 20);
          }
        }
      }
      assertAdjoint(
          engine,
          (graph, x) -> {
            Node other = graph.add(new Convolution(graph, x, "other", 3, 1, 10, 1));
            Node joined = graph.add(new Concatenation(other, x));
            return new Convolution(graph, joined, "convolution", 3, 1, 2, 1);
          },
          scale,
          3,
          5,
          4);
    }
  }

  private static void assertAdjoint(
      TestedEngine engine, BiFunction<Graph, Node, Node> operation, double scale, long... shape) {
    try (One one = new One(engine, operation, shape)) {
      float[] x = random((int) (N * one.x.length()), scale, 2);
      float[] g = random((int) (N * one.out.length()), 1, 3);
      float[] forward = one.forward(x);
      float[] backward = one.backward(g);
      double magnitude = 0;
      for (int i = 0; i < g.length; i++) {
        magnitude += Math.abs((double) forward[i] * g[i]);
      }
      assertThat(dot(x, backward))
          .as("%s", one.out.getClass().getSimpleName())
          .isCloseTo(dot(forward, g), within(1e-5 * magnitude));
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void upsamplingGivesAQuarterOfAPixelToTheFourItCovers(TestedEngine engine) {
    try (One upsample = new One(engine, (graph, x) -> new Upsample(x), 2, 3, 2)) {
      float[] x = random(N * 12, 200, 4);
      float[] out = upsample.forward(x);
      for (int i = 0; i < out.length; i++) {
        int channel = i % 2;
        int column = i / 2 % 6;
        int row = i / 12 % 4;
        int image = i / 48;
        assertThat(out[i]).isEqualTo(x[((image * 2 + row / 2) * 3 + column / 2) * 2 + channel] / 4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConvolutionIsTheSumOverItsWindowWithWeightsOfUnitLength(TestedEngine engine) {
    for (int stride = 1; stride <= 2; stride++) {
      assertSumOverWindow(engine, stride);
    }
  }

  private static void assertSumOverWindow(TestedEngine engine, int stride) {
    int height = 4;
    int width = 6;
    int in = 3;
    int out = 5;
    double gain = 0.7;
    try (One one =
        new One(
            engine,
            (graph, x) -> new Convolution(graph, x, "convolution", 3, stride, out, gain),
            height,
            width,
            in)) {
      float[] w = one.parameters.toFloatVector();
      float[] x = random(N * height * width * in, 1, 6);
      float[] actual = one.forward(x);
      double[] lengths = new double[out];
      for (int i = 0; i < w.length; i++) {
        lengths[i % out] += (double) w[i] * w[i];
      }
      // "same" padding: 1 before for stride 1, none before for stride 2 of an even size
      int before = stride == 1 ? 1 : 0;
      for (int i = 0; i < actual.length; i++) {
        int o = i % out;
        int column = i / out % (width / stride);
        int row = i / out / (width / stride) % (height / stride);
        int image = i / out / (width / stride) / (height / stride);
        double sum = 0;
        for (int ky = 0; ky < 3; ky++) {
          for (int kx = 0; kx < 3; kx++) {
            int y = row * stride + ky - before;
            int z = column * stride + kx - before;
            if (y >= 0 && y < height && z >= 0 && z < width) {
              for (int c = 0; c < in; c++) {
                sum +=
                    (double) x[((image * height + y) * width + z) * in + c]
                        * w[((ky * 3 + kx) * in + c) * out + o];
              }
            }
          }
        }
        assertThat((double) actual[i]).isCloseTo(gain * sum / Math.sqrt(lengths[o]), within(1e-5));
      }
    }
  }
}
