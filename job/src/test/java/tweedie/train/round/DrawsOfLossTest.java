package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Copies;
import tweedie.score.FiniteData;
import tweedie.score.Weighting;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.Minibatches;
import tweedie.train.Objective;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.LevelOf;

class DrawsOfLossTest {

  private static final NetworkSettings MEAN = Trained.network(Input.MEAN, 2, Output.DENOISER);
  private static final NetworkSettings STACKED = Trained.network(Input.STACKED, 2, Output.DENOISER);

  private static TrainSettings settings(int draws, int reference) {
    return Trained.withReference(
        Trained.withDraws(
            Trained.settings(1, Trained.ANY_NOISE, 2, LevelOf.MEAN, Weighting.EDM), draws),
        reference);
  }

  private static List<Drawn> images(int count) {
    return Trained.images(0, count).stream().map(image -> new Drawn(image, "shard")).toList();
  }

  private static Minibatch batch(NetworkSettings network, int draws) {
    return Minibatch.of(images(4), Objective.ofEpoch(settings(draws, 0), network, 2), network);
  }

  @ParameterizedTest
  @CsvSource({"MEAN", "STACKED"})
  void theFirstOfManyDrawsIsTheOnlyOneOfOne(Input input) {
    NetworkSettings network = input == Input.MEAN ? MEAN : STACKED;
    Minibatch one = batch(network, 1);
    Minibatch three = batch(network, 3);
    assertThat(three.images()).isEqualTo(one.images()).isEqualTo(4);
    assertThat(three.size()).isEqualTo(12);
    int length = one.rows().length / 4;
    for (int i = 0; i < 4; i++) {
      assertThat(row(three, 3 * i, length)).isEqualTo(row(one, i, length));
      assertThat(three.noise().get(3 * i)).isEqualTo(one.noise().get(i));
      for (int k = 1; k < 3; k++) {
        assertThat(three.origins().get(3 * i + k)).isEqualTo(one.origins().get(i));
        assertThat(three.noise().get(3 * i + k)).isNotEqualTo(one.noise().get(i));
        assertThat(row(three, 3 * i + k, length)).isNotEqualTo(row(one, i, length));
      }
    }
  }

  @Test
  void noTwoDrawsOfTwoEpochsAreAlike() {
    List<Float> levels = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      Minibatch batch =
          Minibatch.of(images(2), Objective.ofEpoch(settings(4, 0), MEAN, epoch), MEAN);
      batch.noise().forEach(noise -> levels.add((float) noise.s()));
    }
    assertThat(levels).hasSize(24).doesNotHaveDuplicates();
  }

  @Test
  void heldOutImagesHaveOneDraw() {
    assertThat(Objective.ofValidation(settings(4, 0), MEAN).draws()).isEqualTo(1);
  }

  /** The gradient is that of the mean over rows, which DL4J takes: here it is taken by hand. */
  @Test
  void theLossOfDrawsIsTheMeanOfTheLossesOfEach() {
    TrainSettings settings = settings(3, 0);
    Objective objective = Objective.ofEpoch(settings, MEAN, 2);
    Minibatch together = Minibatch.of(images(4), objective, MEAN);
    float[] parameters = Trained.initial(MEAN).parameters();
    parameters[parameters.length - 1] = 1; // the gain of the output, 0 at first
    double[] ofAll = lossAndGradient(together, parameters);
    double[] mean = new double[ofAll.length];
    for (int k = 0; k < 3; k++) {
      double[] ofOne =
          lossAndGradient(Minibatch.of(images(4), objective.ofDraw(k), MEAN), parameters);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += ofOne[i] / 3;
      }
    }
    assertThat(ofAll[0]).isGreaterThan(0);
    for (int i = 0; i < mean.length; i++) {
      assertThat(ofAll[i]).isCloseTo(mean[i], within(1e-6 * Math.max(1, Math.abs(mean[i]))));
    }
  }

  /** The mean loss of the rows, then its gradient. */
  private static double[] lossAndGradient(Minibatch batch, float[] weights) {
    int n = batch.size();
    int d = 3;
    try (Network network = new Network(MEAN);
        INDArray parameters = Nd4j.createFromArray(weights);
        INDArray gradients = Nd4j.create(weights.length)) {
      network.bind(parameters, gradients);
      float[] denoised = new float[n * d];
      network.forward(batch.rows(), n, denoised);
      double[] result = new double[1 + weights.length];
      for (int i = 0; i < n; i++) {
        double weight = batch.labels()[i * (d + 1) + d] / d / n;
        for (int j = 0; j < d; j++) {
          double error = denoised[i * d + j] - batch.labels()[i * (d + 1) + j];
          result[0] += weight * error * error;
          denoised[i * d + j] = (float) (2 * weight * error);
        }
      }
      network.backward(denoised, n);
      for (int i = 0; i < weights.length; i++) {
        result[1 + i] = gradients.getDouble(i);
      }
      return result;
    }
  }

  @Test
  void aReferenceOfTheImageAloneIsThePlainTarget() {
    Minibatches stable = minibatches(STACKED, 1, 1, 1, 5);
    Minibatches plain = minibatches(STACKED, 1, 0, 1, 5);
    int batches = 0;
    while (plain.hasNext()) {
      Minibatch expected = plain.next();
      Minibatch batch = stable.next();
      assertThat(batch.rows()).isEqualTo(expected.rows());
      assertThat(batch.labels()).isEqualTo(expected.labels());
      batches++;
    }
    assertThat(stable.hasNext()).isFalse();
    assertThat(batches).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"MEAN", "STACKED"})
  void aReferenceOfAllImagesIsTheDenoiserOfFiniteData(Input input) {
    NetworkSettings network = input == Input.MEAN ? MEAN : STACKED;
    double[] rows = new double[3 * 7];
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 3; j++) {
        rows[3 * i + j] = images(7).get(i).image().pixels()[j];
      }
    }
    FiniteData data = new FiniteData(rows, 3);
    Minibatches stable = minibatches(network, 2, 7, 3, 7);
    int seen = network.images() * 3;
    int images = 0;
    while (stable.hasNext()) {
      Minibatch batch = stable.next();
      images += batch.images();
      for (int i = 0; i < batch.size(); i++) {
        double[] copies = new double[seen];
        for (int j = 0; j < seen; j++) {
          copies[j] = batch.rows()[i * (seen + 1) + j];
        }
        double[] expected = new double[3];
        data.denoise(
            Copies.mean(copies, network.images()),
            new double[] {batch.noise().get(i).s()},
            expected);
        for (int j = 0; j < 3; j++) {
          assertThat(batch.labels()[4 * i + j]).isEqualTo((float) expected[j]);
        }
      }
    }
    assertThat(images).isEqualTo(7);
  }

  @Test
  void everyMinibatchHasTheReferenceThatItIsAPartOf() {
    Minibatches stable = minibatches(MEAN, 1, 4, 2, 7);
    List<Integer> sizes = new ArrayList<>();
    while (stable.hasNext()) {
      sizes.add(stable.next().images());
    }
    assertThat(sizes).containsExactly(2, 2, 2, 1);
  }

  private static Minibatches minibatches(
      NetworkSettings network, int draws, int reference, int batchSize, int images) {
    return new Minibatches(
        images(images).iterator(),
        batchSize,
        reference,
        Objective.ofEpoch(settings(draws, reference), network, 2),
        network);
  }

  private static float[] row(Minibatch batch, int i, int length) {
    return java.util.Arrays.copyOfRange(batch.rows(), i * length, (i + 1) * length);
  }
}
