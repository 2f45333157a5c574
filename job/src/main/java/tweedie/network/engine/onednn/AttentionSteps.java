package tweedie.network.engine.onednn;

import org.bytedeco.dnnl.memory;
import tweedie.network.graph.Attention;
import tweedie.network.graph.AttentionLoops;

/**
 * Attention, whose numbers go through Java: copied pixel by pixel out of the network's layout, and
 * back.
 */
final class AttentionSteps {

  private final int n;
  private final AttentionLoops loops;
  private final Side x;
  private final Side out;

  AttentionSteps(Attention node, int n, Tensor x, Tensor out) {
    this.n = n;
    this.loops = new AttentionLoops(node, (int) x.channels, (int) out.channels);
    this.x = new Side(x);
    this.out = new Side(out);
  }

  /** The numbers of a tensor on their way between oneDNN and Java. */
  private static final class Side {
    private final Tensor tensor;
    private final memory plain;

    Side(Tensor tensor) {
      this.tensor = tensor;
      this.plain = Onednn.allocate(tensor.plainAndWide());
    }

    /** What copies an array to Java's side. */
    Runnable from(memory array) {
      return Onednn.copy(Onednn.view(tensor.desc, array), plain);
    }

    Runnable to(memory array) {
      return Onednn.copy(plain, Onednn.view(tensor.desc, array));
    }

    float[] numbers() {
      float[] numbers = new float[(int) tensor.floats()];
      Onednn.floats(plain).get(numbers);
      return numbers;
    }

    void put(float[] numbers) {
      Onednn.floats(plain).put(numbers);
    }
  }

  Runnable forward() {
    Runnable read = x.from(x.tensor.value.memory);
    Runnable write = out.to(out.tensor.value.memory);
    return () -> {
      read.run();
      float[] result = new float[(int) out.tensor.floats()];
      loops.forward(n, x.numbers(), result);
      out.put(result);
      write.run();
    };
  }

  /**
   * The gradient of the input.
   *
   * @param to receives it
   */
  Runnable backward(memory to) {
    Runnable readInput = x.from(x.tensor.value.memory);
    Runnable readGradient = out.from(out.tensor.gradient.memory);
    Runnable write = x.to(to);
    return () -> {
      readInput.run();
      readGradient.run();
      float[] result = new float[(int) x.tensor.floats()];
      loops.backward(n, x.numbers(), out.numbers(), result);
      x.put(result);
      write.run();
    };
  }
}
