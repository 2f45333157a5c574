package tweedie.network.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.device.DeviceMemoryException;
import tweedie.network.graph.Convolution;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Learner.AdamStep;
import tweedie.network.graph.Learner.Examples;
import tweedie.network.graph.Scale;
import tweedie.score.Draws.Purpose;

/** A whole step on the device against its parts on the host. */
@EnabledOnOs(architectures = "amd64")
class TorchLearnerTest {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** F = p x for one number p, so that the gradient is known. */
  private static Graph line() {
    return Passes.graph((graph, x) -> graph.add(new Scale(graph, x, "p")), 1);
  }

  private static Examples examples(float x, float target) {
    return new Examples(
        1, new float[][] {{x}}, new float[] {0.5f}, new float[] {target}, new float[] {3});
  }

  private static AdamStep step(int number) {
    return new AdamStep(0.01 / (1 + number), BETA1, BETA2, EPSILON, number, 0);
  }

  @Test
  void adamIsNd4js() {
    Adam rate = new Adam(0, BETA1, BETA2, EPSILON);
    try (Learner learner = new TorchLearner(line(), TorchOptions.cpu());
        INDArray moments = Nd4j.zeros(DataType.FLOAT, 1, 2);
        INDArray gradient = Nd4j.zeros(DataType.FLOAT, 1, 1)) {
      learner.begin(new float[] {2}, new float[2], new float[] {5});
      GradientUpdater<?> adam = rate.instantiate(moments, true);
      float p = 2;
      float average = 5;
      for (int i = 0; i < 50; i++) {
        float x = (float) Math.pow(10, 3 * Math.sin(i));
        float error = 0.5f * p * x - i;
        float[] losses = learner.step(examples(x, i), step(i), 0.9);
        Passes.assertClose("loss", losses, new float[] {3 * error * error}, 1e-6);
        gradient.putScalar(0, 2 * 3 * error * 0.5f * x);
        rate.setLearningRate(step(i).learningRate());
        adam.applyUpdater(gradient, i, 0);
        p -= gradient.getFloat(0);
        average = 0.9f * average + 0.1f * p;
        assertThat(learner.parameters()[0]).as("step %d", i).isCloseTo(p, within(2e-6f));
      }
      Passes.assertClose("average", learner.average(), new float[] {average}, 1e-6);
      float[] expected = moments.data().asFloat();
      for (int i = 0; i < 2; i++) {
        assertThat(learner.moments()[i] / expected[i]).isCloseTo(1, within(1e-5f));
      }
      assertThat(learner.isFinite()).isTrue();
    }
  }

  @Test
  void momentsThatOverflowAreSeen() {
    try (Learner learner = new TorchLearner(line(), TorchOptions.cpu())) {
      learner.begin(new float[] {2}, new float[2], new float[1]);
      assertThat(learner.step(examples(1e15f, 0), step(0), 0.9)[0]).isFinite();
      assertThat(learner.isFinite()).isFalse();
    }
  }

  @Test
  void memoryStaysAsItIs() throws Exception {
    Graph graph =
        Passes.graph((g, x) -> g.add(new Convolution(g, x, "c", 3, 1, 4, 0.7)), 14, 14, 4);
    float[][] inputs = Passes.inputs(graph, 8, 1);
    float[] ones = Passes.random(8, 1, 5);
    Examples examples = new Examples(8, inputs, ones, inputs[0], ones);
    float[] values = Passes.values(graph);
    long before = 0;
    for (int round = 0; round < 4; round++) {
      try (Learner learner = new TorchLearner(graph, TorchOptions.cpu())) {
        learner.begin(values, new float[2 * values.length], values);
        for (int step = 0; step < 350; step++) {
          learner.step(examples, step(step), 0.99);
        }
      }
      if (round == 0) {
        before = Passes.anonymousKilobytes();
      }
    }
    // each step writes 0.1 MB, and Java its own
    assertThat(Passes.anonymousKilobytes() - before).isLessThan(30_000);
  }

  @Test
  void aDeviceWithoutMemoryIsASentence() {
    EngineException of =
        new EngineException(
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15 GiB.\nat");
    assertThatThrownBy(() -> TorchFunction.explained(thrown(of)))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("lower tweedie.train.batch-size")
        .hasMessageEndingWith("a total capacity of 15 GiB.");
    EngineException other = new EngineException("anything else");
    assertThatThrownBy(() -> TorchFunction.explained(thrown(other))).isSameAs(other);
  }

  @Test
  void theCpuComputes() {
    TorchLibrary.check(TorchOptions.cpu());
  }

  private static Supplier<Object> thrown(RuntimeException e) {
    return () -> {
      throw e;
    };
  }

  /** 2^47 bytes are more than a process can have, whatever the machine promises. */
  @Test
  void memoryThatPyTorchDoesNotGetIsSaidSo() {
    int wide = 1 << 22;
    int rows = 1 << 23;
    Graph graph = Passes.graph((all, x) -> all.add(new Dense(all, x, "wide", wide, 1)), 1);
    try (TorchLearner learner = new TorchLearner(graph, TorchOptions.cpu())) {
      float[] parameters = graph.initialParameters(1, Purpose.WEIGHTS);
      learner.begin(parameters, new float[2 * parameters.length], parameters);
      assertThatThrownBy(() -> learner.answer(rows, new float[][] {new float[rows]}))
          .isInstanceOf(DeviceMemoryException.class)
          .hasMessageContaining("The device has too little memory");
    }
  }
}
