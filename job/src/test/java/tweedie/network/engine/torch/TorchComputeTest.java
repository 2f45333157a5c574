package tweedie.network.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import tweedie.data.ImageShape;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.engine.torch.TorchOptions.Layout;
import tweedie.network.engine.torch.TorchOptions.Precision;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;

/** PyTorch on the CPU against ND4J: the same text and the same calls that a GPU gets. */
@EnabledOnOs(architectures = "amd64")
class TorchComputeTest {

  private static final int N = 3;

  private static Convolution convolution(
      Graph graph, Node x, String name, int kernel, int stride, long out) {
    return graph.add(new Convolution(graph, x, name, kernel, stride, out, 0.7));
  }

  private static Node shifted(Graph graph, Node x) {
    Node embedding = graph.add(new Dense(graph, graph.add(new GraphInput(4)), "noise", 5, 1));
    return new Shift(convolution(graph, x, "last", 3, 1, 5), embedding);
  }

  static Stream<Arguments> nodes() {
    return Stream.of(
        Arguments.of("dense", added((graph, x) -> new Dense(graph, x, "d", 6, 1)), new long[] {8}),
        Arguments.of("silu", scaled(Silu::new), new long[] {5, 4, 3}),
        Arguments.of("upsampling", scaled(Upsample::new), new long[] {3, 5, 4}),
        Arguments.of("flatten", scaled(Flatten::new), new long[] {3, 5, 4}),
        Arguments.of(
            "concatenation",
            scaled((graph, x) -> new Concatenation(convolution(graph, x, "a", 1, 1, 2), x)),
            new long[] {3, 5, 4}),
        Arguments.of(
            "sum",
            scaled((graph, x) -> new Sum(x, convolution(graph, x, "branch", 3, 1, 4))),
            new long[] {3, 5, 4}),
        Arguments.of("shift", added(TorchComputeTest::shifted), new long[] {3, 5, 4}));
  }

  private static BiFunction<Graph, Node, Node> added(BiFunction<Graph, Node, Node> node) {
    return (graph, x) -> graph.add(node.apply(graph, x));
  }

  private static BiFunction<Graph, Node, Node> scaled(Function<Node, Node> node) {
    return scaled((graph, x) -> node.apply(x));
  }

  private static BiFunction<Graph, Node, Node> scaled(BiFunction<Graph, Node, Node> node) {
    return added((graph, x) -> node.apply(graph, graph.add(new Scale(graph, x, "gain"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nodes")
  void eachKindOfNodeIsNd4js(String name, BiFunction<Graph, Node, Node> node, long[] shape) {
    Graph graph = Passes.graph(node, shape);
    assertIsNd4js(graph, 1);
    assertIsNd4js(graph, 200);
  }

  private static void assertIsNd4js(Graph graph, double scale) {
    Passes nd4j = Passes.of(graph, new Nd4jCompute(graph), N, scale);
    for (Layout layout : Layout.values()) {
      TorchOptions options = TorchOptions.cpu().with(layout);
      Passes.of(graph, new TorchCompute(graph, options), N, scale).assertIs(nd4j, 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 24})
  void convolutionsOfAllSizesAreNd4js(int channels) {
    for (long[] size : new long[][] {{7, 7}, {8, 8}, {5, 6}, {7, 5}}) {
      boolean oddSquare = size[0] == size[1] && size[0] % 2 == 1; // ND4J halves none of these
      assertIsNd4js(one(1, 1, channels, size), 1);
      assertIsNd4js(one(3, 1, channels, size), 1);
      // not 1 x 1 by 2, which no network has: PyTorch's oneDNN writes past its arrays (3.5.3, AVX2)
      if (!oddSquare) {
        assertIsNd4js(one(3, 2, channels, size), 1);
      }
    }
  }

  private static Graph one(int kernel, int stride, int channels, long[] size) {
    return Passes.graph(
        (graph, x) -> convolution(graph, x, "convolution", kernel, stride, channels),
        size[0],
        size[1],
        channels);
  }

  private static NetworkSettings unet(
      int height, int width, int channels, int halvings, Integer... widths) {
    return new NetworkSettings(
        new ImageShape(height, width, channels),
        Kind.UNET,
        List.of(widths),
        halvings,
        1,
        0,
        0,
        8,
        Input.MEAN,
        1,
        Output.DENOISER,
        0.3,
        0.4,
        List.of());
  }

  private static NetworkSettings mlp() {
    return new NetworkSettings(
        new ImageShape(1, 1, 5),
        Kind.MLP,
        List.of(),
        0,
        0,
        16,
        2,
        8,
        Input.STACKED,
        2,
        Output.SCORE,
        0.3,
        0.4,
        List.of(0.05, 0.2));
  }

  static Stream<NetworkSettings> networks() {
    return Stream.of(
        unet(7, 7, 1, 0, 4, 6),
        unet(30, 30, 3, 1, 4, 6),
        unet(28, 36, 1, 2, 8, 10, 12),
        unet(8, 12, 24, 2, 4, 6, 8),
        mlp());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void networksAreNd4js(NetworkSettings settings) {
    Graph[] graphs = new Graph[1];
    try (Network network =
        new Network(
            settings,
            graph -> {
              graphs[0] = graph;
              return new Nd4jCompute(graph);
            })) {
      network.bind(Nd4j.createFromArray(network.initialParameters(1)), null);
    }
    assertIsNd4js(graphs[0], 1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {100, -100, 2000, -2000})
  void farInputsStayFinite(double x) {
    Graph graph = Passes.graph(scaled(Silu::new), 2);
    Passes far = Passes.of(graph, new TorchCompute(graph, TorchOptions.cpu()), 2, x);
    far.assertIs(Passes.of(graph, new Nd4jCompute(graph), 2, x), 1e-5);
  }

  @Test
  void halfPrecisionIsNear() {
    Graph graph =
        Passes.graph(
            (g, x) -> convolution(g, convolution(g, x, "a", 3, 1, 8), "b", 3, 2, 8), 8, 8, 3);
    TorchOptions half = TorchOptions.cpu().with(Precision.BFLOAT16);
    Passes passes = Passes.of(graph, new TorchCompute(graph, half), N, 1);
    Passes exact = Passes.of(graph, new Nd4jCompute(graph), N, 1);
    passes.assertIs(exact, 2e-2);
    assertThat(passes.out()).isNotEqualTo(exact.out());
  }

  @Test
  void parametersMayBeAPartOfAnArray() {
    Graph graph = Passes.graph((g, x) -> g.add(new Dense(g, x, "d", 6, 0.7)), 8);
    float[] values = Passes.values(graph);
    float[][] inputs = Passes.inputs(graph, N, 1);
    int count = values.length;
    float[] expected = Passes.of(graph, new Nd4jCompute(graph), N, 1).parameters();
    try (INDArray all = Nd4j.zeros(1, 3 * count);
        Compute compute = new TorchCompute(graph, TorchOptions.cpu())) {
      INDArray part = all.get(NDArrayIndex.point(0), NDArrayIndex.interval(count, 2 * count));
      part.assign(Nd4j.createFromArray(values));
      INDArray behind = all.get(NDArrayIndex.point(0), NDArrayIndex.interval(2 * count, 3 * count));
      compute.bind(part, behind);
      compute.forwardAndKeep(N, new float[N * 6], inputs);
      compute.backward(N, Passes.random(N * 6, 1, 9));
      Passes.assertClose("gradient", behind.dup().data().asFloat(), expected, 1e-5);
    }
  }

  @Test
  void backwardMayBeCalledAgain() {
    Graph graph = Passes.graph(scaled(Silu::new), 4);
    try (INDArray parameters = Nd4j.createFromArray(Passes.values(graph));
        Compute compute = new TorchCompute(graph, TorchOptions.cpu())) {
      compute.bind(parameters, null);
      compute.forwardAndKeep(N, new float[N * 4], Passes.inputs(graph, N, 1));
      compute.backward(N, Passes.random(N * 4, 1, 9));
      float[] first = compute.inputGradient();
      compute.backward(N, Passes.random(N * 4, 1, 8));
      assertThat(compute.inputGradient()).isNotEqualTo(first);
      compute.backward(N, Passes.random(N * 4, 1, 9));
      assertThat(compute.inputGradient()).isEqualTo(first);
    }
  }

  @Test
  void theGradientOfTheImagesIsNotThereBesideThatOfTheParameters() {
    Graph graph = Passes.graph(scaled(Silu::new), 4);
    try (INDArray parameters = Nd4j.createFromArray(Passes.values(graph));
        Compute compute = new TorchCompute(graph, TorchOptions.cpu())) {
      compute.bind(parameters, parameters);
      assertThatThrownBy(compute::inputGradient).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void tasksBesideEachOtherGetTheSameBits() throws ExecutionException, InterruptedException {
    Graph graph = Passes.graph(scaled((g, x) -> convolution(g, x, "c", 3, 1, 16)), 28, 28, 16);
    Passes alone = Passes.of(graph, new TorchCompute(graph, TorchOptions.cpu()), 8, 1);
    ExecutorService tasks = Executors.newFixedThreadPool(2);
    try {
      List<Future<Passes>> results =
          Stream.generate(
                  () ->
                      tasks.submit(
                          () ->
                              Passes.of(graph, new TorchCompute(graph, TorchOptions.cpu()), 8, 1)))
              .limit(8)
              .toList();
      for (Future<Passes> result : results) {
        assertThat(result.get().out()).isEqualTo(alone.out());
        assertThat(result.get().parameters()).isEqualTo(alone.parameters());
        assertThat(result.get().images()).isEqualTo(alone.images());
      }
    } finally {
      tasks.shutdownNow();
    }
  }

  @Test
  void memoryStaysAsItIs() throws Exception {
    Graph graph = Passes.graph(scaled((g, x) -> convolution(g, x, "c", 3, 1, 4)), 14, 14, 4);
    float[][] inputs = Passes.inputs(graph, 8, 1);
    float[] out = new float[(int) (8 * graph.output().length())];
    try (INDArray parameters = Nd4j.createFromArray(Passes.values(graph));
        INDArray gradients = Nd4j.createFromArray(Passes.values(graph))) {
      long before = 0;
      for (int round = 0; round < 4; round++) {
        try (Compute compute = new TorchCompute(graph, TorchOptions.cpu())) {
          compute.bind(parameters, gradients);
          for (int step = 0; step < 350; step++) {
            compute.forwardAndKeep(8, out, inputs);
            compute.backward(8, out);
            compute.forward(8, out, inputs);
          }
        }
        if (round == 0) {
          before = Passes.anonymousKilobytes();
        }
      }
      // each step writes 0.2 MB, and Java its own
      assertThat(Passes.anonymousKilobytes() - before).isLessThan(30_000);
    }
  }

  @Test
  void itSaysWhatItIs() {
    Graph graph = Passes.graph(scaled(Silu::new), 2);
    try (Compute compute = new TorchCompute(graph, TorchOptions.cpu())) {
      assertThat(compute.describe())
          .matches(
              "PyTorch 2\\.5\\.1, CPU( without oneDNN, which is wrong on it)?, float32, channels first, \\d+ threads");
    }
  }
}
