package tweedie.network.engine.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;
import tweedie.network.engine.torch.TorchOptions.Layout;
import tweedie.network.engine.torch.TorchOptions.Precision;
import tweedie.network.engine.torch.TorchOptions.Search;
import tweedie.network.graph.Attention;
import tweedie.network.graph.Concatenation;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Flatten;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.network.graph.Node;
import tweedie.network.graph.Parameter;
import tweedie.network.graph.Scale;
import tweedie.network.graph.Shift;
import tweedie.network.graph.Silu;
import tweedie.network.graph.Sum;
import tweedie.network.graph.Upsample;
import tweedie.network.graph.Weights;

/**
 * A graph as text in TorchScript, in the form in which its archives keep it: every operation by its
 * name in aten, every argument by its place.
 *
 * <p>Images come and go as [n, height, width, channels], and are [n, channels, height, width]
 * inside, in memory as {@link Layout} says.
 */
final class TorchScript {

  private static final int FLOAT32 = 6;
  private static final int BFLOAT16 = 15;

  private final Graph graph;
  private final TorchOptions options;
  private final StringBuilder text = new StringBuilder();

  private TorchScript(Graph graph, TorchOptions options) {
    this.graph = graph;
    this.options = options;
  }

  /**
   * From the flat parameters, [P], to a list with one array for each of {@link Graph#parameters},
   * in the form in which {@link #network} uses them: normalised, and of convolutions [out, in,
   * height, width] in their precision.
   */
  static String weights(Graph graph, TorchOptions options) {
    TorchScript script = new TorchScript(graph, options);
    script.begin(List.of("flat"), "List[Tensor]");
    script.weightsOf("flat");
    return script.end("[" + String.join(", ", script.weightNames()) + "]");
  }

  /** From the inputs, then what {@link #weights} lists, to the output, [n, ..]. */
  static String network(Graph graph, TorchOptions options) {
    TorchScript script = new TorchScript(graph, options);
    List<String> arguments = script.inputNames();
    arguments.addAll(script.weightNames());
    script.begin(arguments, "Tensor");
    return script.end(script.output());
  }

  /**
   * One step of a {@link tweedie.network.graph.Learner}, which changes its first three arguments in
   * place: flat [P], moments [2 P], average [P]; then the inputs, scale [n, 1], target [n, output],
   * weight [n], and the numbers of {@link TorchLearner} on the CPU. Returns the losses, and the sum
   * of the moments and the norm of the gradient behind them, [n + 2].
   */
  static String learner(Graph graph, TorchOptions options) {
    TorchScript script = new TorchScript(graph, options);
    List<String> arguments = new ArrayList<>(List.of("flat", "moments", "average"));
    arguments.addAll(script.inputNames());
    arguments.addAll(List.of("scale", "target", "weight", "numbers"));
    script.begin(arguments, "Tensor");
    script.line("leaf", "torch.requires_grad_(torch.detach(flat), True)");
    script.weightsOf("leaf");
    script.line("answers", "torch.reshape(%s, [-1, %d])", script.output(), graph.output().length());
    script.line("error", "torch.sub(torch.mul(answers, scale), target)");
    script.line("losses", "torch.mul(torch.sum(torch.mul(error, error), [1]), weight)");
    script.line("slopes", "torch.grad([torch.mean(losses)], [leaf], None, None, False, False)");
    script.line("slope", "unchecked_cast(Tensor, slopes[0])");
    script.adam();
    return script.end(
        "torch.cat([torch.detach(losses), torch.reshape(torch.sum(moments), [1]), norm], 0)");
  }

  /** In the order of {@link TorchLearner#numbers}. */
  private void adam() {
    List<String> numbers =
        List.of("rate", "keep1", "take1", "keep2", "take2", "epsilon", "decay", "rest", "clip");
    for (int i = 0; i < numbers.size(); i++) {
      line(numbers.get(i), "float(torch.select(numbers, 0, %d))", i);
    }
    line("norm", "torch.reshape(torch.norm(slope, 2, [0], False), [1])");
    text.append("    if torch.gt(clip, 0.):\n  ");
    line(
        "taken",
        "torch.mul(slope, torch.clamp(torch.div(torch.full_like(norm, clip), norm), None, 1))");
    text.append("    else:\n  ");
    line("taken", "slope");
    long count = graph.parameterCount();
    line("first", "torch.slice(moments, 0, 0, %d, 1)", count);
    line("second", "torch.slice(moments, 0, %d, %d, 1)", count, 2 * count);
    line("first1", "torch.add_(torch.mul_(first, keep1), taken, alpha=take1)");
    line("second1", "torch.addcmul_(torch.mul_(second, keep2), taken, taken, value=take2)");
    line("root", "torch.add_(torch.sqrt(second1), epsilon)");
    line("flat1", "torch.sub_(flat, torch.div(torch.mul(first1, rate), root))");
    line("average1", "torch.add_(torch.mul_(average, decay), flat1, alpha=rest)");
  }

  private void begin(List<String> arguments, String result) {
    StringJoiner all = new StringJoiner(", ", "  def forward(self: __torch__.Net, ", ")");
    arguments.forEach(argument -> all.add(argument + ": Tensor"));
    text.append(all).append(" -> ").append(result).append(":\n");
  }

  private String end(String result) {
    return text.append("    return ").append(result).append('\n').toString();
  }

  private void line(String name, String expression, Object... parts) {
    text.append("    ").append(name).append(" = ");
    text.append(parts.length == 0 ? expression : expression.formatted(parts)).append('\n');
  }

  private static String weight(Parameter parameter) {
    return "w" + parameter.offset;
  }

  private List<String> weightNames() {
    return graph.parameters().stream().map(TorchScript::weight).toList();
  }

  private List<String> inputNames() {
    List<String> names = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node instanceof GraphInput) {
        names.add("x" + node.index());
      }
    }
    return names;
  }

  private void weightsOf(String flat) {
    StringJoiner lengths = new StringJoiner(", ", "[", "]");
    graph.parameters().forEach(parameter -> lengths.add(Long.toString(parameter.length())));
    line("parts", "torch.split_with_sizes(%s, %s, 0)", flat, lengths);
    for (int i = 0; i < graph.parameters().size(); i++) {
      line(weight(graph.parameters().get(i)), "parts[%d]", i);
    }
    for (Node node : graph.nodes()) {
      if (node instanceof Dense dense) {
        normalize(dense.weights, matrix -> matrix);
      } else if (node instanceof Convolution convolution) {
        normalize(convolution.weights, matrix -> kernel(matrix, convolution));
      }
    }
  }

  private String output() {
    Operations operations = new Operations();
    graph.nodes().forEach(node -> line(value(node), "%s", node.accept(operations)));
    Node output = graph.output();
    return output.shape.length == 1 ? value(output) : outward(output);
  }

  private static String value(Node node) {
    return "v" + node.index();
  }

  /** [n, height, width, channels] of an image. */
  private static String outward(Node image) {
    return "torch.contiguous(torch.permute(%s, [0, 2, 3, 1]))".formatted(value(image));
  }

  private String laidOut(String image) {
    int format = options.layout() == Layout.CHANNELS_LAST ? 2 : 0;
    return "torch.contiguous(%s, memory_format=%d)".formatted(image, format);
  }

  private static String cast(String array, int type) {
    return "torch.to(%s, %d, False, False, None)".formatted(array, type);
  }

  private boolean isHalf() {
    return options.precision() == Precision.BFLOAT16;
  }

  /** Writes normalised weights to the name of their parameter. */
  private void normalize(Weights weights, UnaryOperator<String> form) {
    String name = weight(weights.raw());
    line("raw", "torch.view(%s, [%d, %d])", name, weights.inputs(), weights.outputs());
    line("norm", "torch.div(torch.norm(raw, 2, [0], True), %s)", weights.length());
    line(name, "%s", form.apply("torch.div(raw, norm)"));
  }

  /** From a matrix to [out, in, height, width]. */
  private String kernel(String matrix, Convolution node) {
    String sizes = Arrays.toString(node.weights.raw().shape);
    String kernel =
        laidOut("torch.permute(torch.view(%s, %s), [3, 2, 0, 1])".formatted(matrix, sizes));
    return isHalf() ? cast(kernel, BFLOAT16) : kernel;
  }

  /** The value of a node, an expression. */
  private final class Operations implements Node.Visitor<String> {

    @Override
    public String input(GraphInput node) {
      String x = "x" + node.index();
      return node.shape.length == 1 ? x : laidOut("torch.permute(%s, [0, 3, 1, 2])".formatted(x));
    }

    @Override
    public String dense(Dense node) {
      return "torch.matmul(%s, %s)".formatted(value(node.x), weight(node.weights.raw()));
    }

    /**
     * The last four arguments are cuDNN's: a search for the fastest algorithm, which another search
     * might not find again; those only that give the same bits each time; cuDNN; TF32. The gradient
     * of a convolution takes none of them: it asks the process, see {@link TorchProcess#prepare}.
     */
    @Override
    public String convolution(Convolution node) {
      long[] rows = node.padding(0);
      long[] columns = node.padding(1);
      boolean even = rows[0] == rows[1] && columns[0] == columns[1];
      String x = isHalf() ? cast(value(node.x), BFLOAT16) : value(node.x);
      String padded =
          even
              ? x
              : "torch.constant_pad_nd(%s, [%d, %d, %d, %d], 0)"
                  .formatted(x, columns[0], columns[1], rows[0], rows[1]);
      boolean searches = options.search() == Search.FASTEST;
      String convolved =
          ("torch._convolution(%s, %s, None, [%4$d, %4$d], [%5$d, %6$d], [1, 1], False, [0, 0], 1,"
                  + " %7$s, %8$s, True, %3$s)")
              .formatted(
                  padded,
                  weight(node.weights.raw()),
                  options.precision() == Precision.TF32 ? "True" : "False",
                  node.stride,
                  even ? rows[0] : 0,
                  even ? columns[0] : 0,
                  searches ? "True" : "False",
                  searches ? "False" : "True");
      return isHalf() ? cast(convolved, FLOAT32) : convolved;
    }

    @Override
    public String silu(Silu node) {
      return "torch.silu(%s)".formatted(value(node.x));
    }

    @Override
    public String scale(Scale node) {
      return "torch.mul(%s, %s)".formatted(value(node.x), weight(node.factor));
    }

    @Override
    public String shift(Shift node) {
      String e = value(node.embedding);
      return "torch.add(%s, %s)"
          .formatted(
              value(node.x),
              node.shape.length == 1
                  ? e
                  : "torch.reshape(%s, [-1, %d, 1, 1])".formatted(e, node.channels()));
    }

    @Override
    public String sum(Sum node) {
      return "torch.add(%s, %s)".formatted(value(node.trunk), value(node.branch));
    }

    @Override
    public String upsample(Upsample node) {
      return "torch.upsample_nearest2d(torch.mul(%s, 0.25), [%d, %d], None, None)"
          .formatted(value(node.x), node.shape[0], node.shape[1]);
    }

    @Override
    public String concatenation(Concatenation node) {
      return "torch.cat([%s, %s], 1)".formatted(value(node.a), value(node.b));
    }

    @Override
    public String attention(Attention node) {
      String name = value(node);
      int e = node.perHead();
      line(
          name + "x",
          "torch.reshape(%s, [-1, 3, %d, %d, %d])",
          value(node.x),
          node.heads,
          e,
          node.pixels());
      line(
          name + "u",
          "torch.div(%1$sx, torch.add(torch.div(torch.norm(%1$sx, 2, [3], True), %2$s), %3$s))",
          name,
          Math.sqrt(e),
          Attention.EPSILON);
      line(
          name + "w",
          "torch.softmax(torch.div(torch.matmul(torch.transpose(torch.select(%1$su, 1, 0), 2, 3), torch.select(%1$su, 1, 1)), %2$s), -1, None)",
          name,
          Math.sqrt(e));
      return laidOut(
          "torch.reshape(torch.matmul(torch.select(%1$su, 1, 2), torch.transpose(%1$sw, 2, 3)), [-1, %2$d, %3$d, %4$d])"
              .formatted(name, node.channels(), node.shape[0], node.shape[1]));
    }

    @Override
    public String flatten(Flatten node) {
      return "torch.reshape(%s, [-1, %d])".formatted(outward(node.x), node.length());
    }
  }
}
