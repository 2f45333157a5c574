package tweedie.network.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * What an engine makes of a graph with random parameters on random inputs.
 *
 * @param out [n, output]
 * @param parameters the gradient with respect to the parameters, [P]
 * @param images the gradient with respect to the first input, [n, input]
 */
record Passes(float[] out, float[] parameters, float[] images) {

  /** One input of this shape, and what is made of it. */
  static Graph graph(BiFunction<Graph, Node, Node> operations, long... shape) {
    Graph graph = new Graph();
    operations.apply(graph, graph.add(new GraphInput(shape)));
    return graph;
  }

  static float[] values(Graph graph) {
    float[] values = graph.initialParameters(3, Purpose.WEIGHTS);
    float[] gains = random(values.length, 0.1, 4);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] == 0 ? 0.5f + gains[i] : values[i];
    }
    return values;
  }

  static float[][] inputs(Graph graph, int n, double scale) {
    List<Node> inputs = graph.nodes().stream().filter(GraphInput.class::isInstance).toList();
    float[][] arrays = new float[inputs.size()][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = random((int) (n * inputs.get(i).length()), scale, i);
    }
    return arrays;
  }

  static float[] random(int count, double scale, long stream) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * draws.gaussian());
    }
    return values;
  }

  static Passes of(Graph graph, Compute compute, int n, double scale) {
    float[] values = values(graph);
    float[][] inputs = inputs(graph, n, scale);
    float[] out = new float[(int) (n * graph.output().length())];
    float[] direction = random(out.length, 1, 9);
    try (compute;
        INDArray parameters = Nd4j.createFromArray(values);
        INDArray gradients = Nd4j.createFromArray(values)) {
      compute.bind(parameters, gradients);
      compute.forwardAndKeep(n, out, inputs);
      compute.backward(n, direction);
      compute.bind(parameters, null);
      compute.forwardAndKeep(n, out.clone(), inputs);
      compute.backward(n, direction);
      return new Passes(out, gradients.data().asFloat(), compute.inputGradient());
    }
  }

  void assertIs(Passes other, double tolerance) {
    assertClose("out", out, other.out, tolerance);
    assertClose("gradient of the parameters", parameters, other.parameters, tolerance);
    assertClose("gradient of the images", images, other.images, tolerance);
  }

  /** To a part of the largest, where that is no rounding of 0. */
  static void assertClose(String what, float[] numbers, float[] expected, double tolerance) {
    float largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertThat(largest).as(what).isFinite();
    assertThat(numbers)
        .as(what)
        .containsExactly(expected, within((float) tolerance * (largest + 1)));
  }

  /** Resident memory of this process that is not of a file. */
  static long anonymousKilobytes() throws Exception {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
