package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import tweedie.data.LabeledImage;
import tweedie.network.Network;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputedBy;
import tweedie.train.GradientSpread;
import tweedie.train.GradientSpread.Traces;
import tweedie.train.TrainSettings;

class LocalTrainingTest {

  private static final NetworkSettings NETWORK = Trained.network();
  private static final TrainSettings SETTINGS = Trained.settings(1);
  private static final List<LabeledImage> IMAGES = Trained.images(0, 10);

  private static TrainingState train(TrainSettings settings, int steps) {
    return LocalTraining.of(NETWORK, settings, steps, IMAGES, new LongAccumulator());
  }

  @Test
  void takesTheStepsThatAreAskedForAcrossPassesOverTheImages() {
    LongAccumulator progress = new LongAccumulator();
    TrainingState state = LocalTraining.of(NETWORK, SETTINGS, 7, IMAGES, progress);
    assertThat(state.steps()).isEqualTo(7);
    assertThat(state.images()).isEqualTo(21);
    assertThat(progress.sum()).isEqualTo(21);
    assertThat(state.epoch()).isEqualTo(3);
  }

  /**
   * Of whatever settings: many workers, terms of the loss, references, and numbers that overflow.
   */
  @Test
  void aStepIsTriedOfEverySettings() {
    LocalTraining.tryStep(NETWORK, SETTINGS, 1);
    LocalTraining.tryStep(NETWORK, Trained.withReference(Trained.settings(4), 20), 10);
    LocalTraining.tryStep(NETWORK, Trained.withDraws(SETTINGS, 3), 10);
    NetworkSettings told = Trained.network().withClasses(10);
    LocalTraining.tryStep(told, SETTINGS, 10);
  }

  @Test
  void theSameTrainingHasTheSameBits() {
    TrainingState first = train(SETTINGS, 7);
    TrainingState second = train(SETTINGS, 7);
    assertThat(second.parameters()).isEqualTo(first.parameters());
    assertThat(second.ema()).isEqualTo(first.ema());
    assertThat(train(SETTINGS, 8).parameters()).isNotEqualTo(first.parameters());
  }

  /** Rounding grows from step to step, and is far below the steps after 50 of them. */
  @Test
  void enginesTrainTheSameNetwork() {
    TrainingState nd4j = trainedBy(Choice.ND4J);
    TrainingState onednn = trainedBy(Choice.ONEDNN);
    assertThat(largest(difference(onednn.parameters(), nd4j.parameters())))
        .isPositive()
        .isLessThan(1e-3 * largest(nd4j.parameters()));
    assertThat(largest(difference(onednn.ema(), nd4j.ema())))
        .isLessThan(1e-3 * largest(nd4j.ema()));
  }

  @SuppressWarnings("try") // held
  private static TrainingState trainedBy(Choice engine) {
    try (ComputedBy computed = new ComputedBy(engine)) {
      return train(SETTINGS, 50);
    }
  }

  private static float[] difference(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** The clock counts images, not terms of the loss. */
  @Test
  void drawsChangeTheStepsAndNotTheClock() {
    TrainingState one = train(SETTINGS, 4);
    TrainingState three = train(Trained.withDraws(SETTINGS, 3), 4);
    assertThat(three.images()).isEqualTo(one.images()).isEqualTo(12);
    assertThat(three.parameters()).isNotEqualTo(one.parameters());
    assertThat(train(Trained.withReference(SETTINGS, 3), 4).parameters())
        .as("stable targets")
        .isNotEqualTo(one.parameters());
  }

  @Test
  void networksOfOneSeedDifferAtFirstInTheLayerThatSeesTheCopiesOnly() {
    NetworkSettings stacked = Trained.network(Input.STACKED, 4, Output.DENOISER);
    try (Network mean = new Network(NETWORK);
        Network ofCopies = new Network(stacked)) {
      float[] first = mean.initialParameters(3);
      float[] second = ofCopies.initialParameters(3);
      List<String> different = new ArrayList<>();
      for (int i = 0; i < mean.parameters().size(); i++) {
        ParameterShape a = mean.parameters().get(i);
        ParameterShape b = ofCopies.parameters().get(i);
        if (!Arrays.equals(values(first, a), values(second, b))) {
          different.add(a.name());
        }
      }
      assertThat(different).singleElement().asString().startsWith("in");
    }
  }

  private static float[] values(float[] all, ParameterShape parameter) {
    int length = (int) Arrays.stream(parameter.shape()).reduce(1, (a, b) -> a * b);
    return Arrays.copyOfRange(all, (int) parameter.offset(), (int) parameter.offset() + length);
  }

  @Test
  void aTrainingIsOfOneWorkerAndAtLeastAMinibatch() {
    assertThatThrownBy(() -> train(Trained.settings(2), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A network is trained alone and fails alone, not by 2 workers with on-divergence FAIL");
    assertThatThrownBy(
            () ->
                LocalTraining.of(NETWORK, SETTINGS, 1, IMAGES.subList(0, 2), new LongAccumulator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 images are less than a minibatch of 3");
  }

  /** V_x / B + V_noise / (B K), measured; the tolerances are of 400 minibatches. */
  @Test
  void theSpreadOfGradientsFallsWithDrawsDownToThatOfImages() {
    float[] weights = Trained.initial(NETWORK).parameters();
    weights[weights.length - 1] = 1; // the gain of the output, 0 at first
    List<LabeledImage> likeNeighbours = Trained.images(0, 4000);
    likeNeighbours.sort(Comparator.comparing(image -> image.pixels()[0]));
    List<Traces> traces =
        GradientSpread.of(NETWORK, SETTINGS, weights, likeNeighbours, 2, List.of(1, 4, 16), 400);
    Traces one = traces.get(0);
    assertThat(one.ofFresh()).isEqualTo(one.ofImages());
    double ofNoise = one.givenImages();
    double ofImages = one.ofImages() - ofNoise;
    assertThat(ofNoise).isPositive();
    assertThat(ofImages).isPositive();
    for (Traces many : traces) {
      int k = many.draws();
      assertThat(many.givenImages()).isCloseTo(ofNoise / k, within(0.25 * ofNoise / k));
      double expected = ofImages + ofNoise / k;
      assertThat(many.ofImages()).isCloseTo(expected, within(0.25 * expected));
      assertThat(many.ofFresh()).isCloseTo(one.ofImages() / k, within(0.25 * one.ofImages() / k));
    }
  }

  @Test
  void theSpreadNeedsTwoMinibatches() {
    float[] weights = Trained.initial(NETWORK).parameters();
    assertThatThrownBy(
            () -> GradientSpread.of(NETWORK, SETTINGS, weights, IMAGES, 4, List.of(1, 4), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The spread of gradients needs 2 repeats and 16 images, not 2 and 10");
  }
}
