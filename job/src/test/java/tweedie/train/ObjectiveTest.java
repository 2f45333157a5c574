package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.CopyNoise;
import tweedie.score.NoiseSchedule;
import tweedie.score.Weighting;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.TrainSettings.Augmentation;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.round.Trained;

class ObjectiveTest {

  private static final LabeledImage IMAGE = Trained.images(17, 1).get(0);
  private static final LabeledImage EIGHT_BIT =
      new LabeledImage(5, -1, IMAGE.shape(), new float[] {0, 17 / 255f, 1});
  private static final int MANY = 20_000;

  /** Five standard errors of a variance estimated from MANY images of 3 pixels. */
  private static final double VARIANCE_TOLERANCE = 5 * Math.sqrt(2.0 / (3 * MANY));

  private static final NetworkSettings MEAN = Trained.network(Input.MEAN, 4, Output.DENOISER);
  private static final NetworkSettings STACKED = Trained.network(Input.STACKED, 4, Output.DENOISER);

  private static TrainSettings fixed(double level, LevelOf levelOf) {
    return Trained.settings(1, new NoiseSchedule.Fixed(level), 4, levelOf, Weighting.SCORE);
  }

  private static float[] row(
      TrainSettings settings, NetworkSettings network, LabeledImage image, int round) {
    return row(Objective.ofEpoch(settings, network, round), network, image);
  }

  private static float[] row(Objective objective, NetworkSettings network, LabeledImage image) {
    float[] row = new float[network.images() * image.pixels().length + 1];
    objective.noisyRow(image, objective.noise(image.id()), row, 0);
    return row;
  }

  @Test
  void noiseHangsOnSeedImageAndEpochOnly() {
    TrainSettings settings = anyNoise(1);
    float[] row = row(settings, MEAN, IMAGE, 3);
    assertThat(row(settings, MEAN, IMAGE, 3)).isEqualTo(row);
    assertThat(row(anyNoise(2), MEAN, IMAGE, 3)).isNotEqualTo(row);
    assertThat(row(settings, MEAN, IMAGE, 4)).isNotEqualTo(row);
    LabeledImage sameButForItsId =
        new LabeledImage(IMAGE.id() + 1, IMAGE.label(), IMAGE.shape(), IMAGE.pixels());
    assertThat(row(settings, MEAN, sameButForItsId, 3)).isNotEqualTo(row);
  }

  @Test
  void theNoiseOfHeldOutImagesIsTheirOwnAndAlwaysTheSame() {
    TrainSettings settings = anyNoise(1);
    float[] row = row(Objective.ofValidation(settings, MEAN), MEAN, IMAGE);
    assertThat(row(Objective.ofValidation(settings, MEAN), MEAN, IMAGE)).isEqualTo(row);
    assertThat(row(Objective.ofValidation(anyNoise(2), MEAN), MEAN, IMAGE)).isNotEqualTo(row);
    for (int epoch = 0; epoch < 3; epoch++) {
      float[] trained = row(settings, MEAN, IMAGE, epoch);
      assertThat(trained[3]).as("noise level").isNotEqualTo(row[3]);
      assertThat(trained[0]).isNotEqualTo(row[0]);
    }
  }

  private static TrainSettings anyNoise(long seed) {
    return Trained.settings(seed, Trained.ANY_NOISE, 4, LevelOf.MEAN, Weighting.SCORE);
  }

  @Test
  void aRowIsTheSameWhereverItStandsInTheMinibatch() {
    TrainSettings settings = anyNoise(1);
    Minibatch batch =
        Minibatch.of(
            List.of(
                new Drawn(Trained.images(4, 1).get(0), "first"),
                new Drawn(IMAGE, "second"),
                new Drawn(Trained.images(5, 1).get(0), "second")),
            Objective.ofEpoch(settings, STACKED, 3),
            STACKED);
    try (INDArray rows = batch.nativeRows();
        INDArray labels = batch.nativeLabels()) {
      assertThat(rows.getRow(1).toFloatVector()).isEqualTo(row(settings, STACKED, IMAGE, 3));
      double s = batch.noise().get(1).s();
      assertThat(labels.getRow(1).toFloatVector())
          .containsExactly(
              IMAGE.pixels()[0], IMAGE.pixels()[1], IMAGE.pixels()[2], (float) (1 / (s * s)));
      assertThat(rows.getFloat(1, 12)).isEqualTo((float) s);
    }
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.origins().get(1)).isEqualTo(new Minibatch.Origin("second", 17));
  }

  @Test
  void dequantizationIsNewInEveryEpochAndStaysWithinTheRounding() {
    TrainSettings settings =
        Trained.settings(
            1, Trained.ANY_NOISE, 4, LevelOf.MEAN, Weighting.SCORE, Dequantization.UNIFORM);
    Objective objective = Objective.ofEpoch(settings, MEAN, 3);
    float[] clean = objective.clean(EIGHT_BIT).pixels();
    for (int j = 0; j < clean.length; j++) {
      assertThat((int) (256 * clean[j])).isEqualTo(Math.round(255 * EIGHT_BIT.pixels()[j]));
    }
    assertThat(objective.clean(EIGHT_BIT).pixels()).isEqualTo(clean);
    assertThat(Objective.ofEpoch(settings, MEAN, 4).clean(EIGHT_BIT).pixels()).isNotEqualTo(clean);
    Minibatch batch =
        new Minibatches(List.of(new Drawn(EIGHT_BIT, "shard")).iterator(), 1, 0, objective, MEAN)
            .next();
    assertThat(batch.labels()).startsWith(clean);
    CopyNoise noise = objective.noise(EIGHT_BIT.id());
    Objective plain = Objective.ofEpoch(anyNoise(1), MEAN, 3);
    assertThat(plain.clean(EIGHT_BIT)).isSameAs(EIGHT_BIT);
    float[] row = new float[4];
    plain.noisyRow(EIGHT_BIT, noise, row, 0);
    assertThat(batch.rows()[0] - row[0])
        .as("the noise is the same, on top of other pixels")
        .isCloseTo(clean[0] - EIGHT_BIT.pixels()[0], within(1e-5f));
  }

  @ParameterizedTest
  @CsvSource({"MEAN, 0.5", "COPY, 0.25"})
  void theLevelIsThatOfTheMeanOrOfACopy(LevelOf levelOf, double expectedS) {
    for (NetworkSettings network : new NetworkSettings[] {MEAN, STACKED}) {
      CopyNoise noise = Objective.ofEpoch(fixed(0.5, levelOf), network, 0).noise(1);
      assertThat(noise.s()).isEqualTo(expectedS);
      assertThat(noise.sigma()).isEqualTo(2 * expectedS);
      assertThat(noise.copies()).isEqualTo(4);
      float[] row = row(fixed(0.5, levelOf), network, IMAGE, 0);
      assertThat(row[row.length - 1]).isEqualTo((float) expectedS);
    }
  }

  @ParameterizedTest
  @CsvSource({"MEAN, 0.5", "COPY, 0.25"})
  void aNetworkOfTheMeanSeesTheImageWithTheNoiseOfTheMean(LevelOf levelOf, double s) {
    TrainSettings settings = fixed(0.5, levelOf);
    double sum = 0;
    double squares = 0;
    for (LabeledImage image : Trained.images(0, MANY)) {
      float[] row = row(settings, MEAN, image, 2);
      for (int j = 0; j < 3; j++) {
        double noise = row[j] - image.pixels()[j];
        sum += noise;
        squares += noise * noise;
      }
    }
    assertThat(sum / (3 * MANY) / s).isCloseTo(0, within(5 / Math.sqrt(3.0 * MANY)));
    assertThat(squares / (3 * MANY) / (s * s)).isCloseTo(1, within(VARIANCE_TOLERANCE));
  }

  @Test
  void stackedCopiesAreIndependentAndTheirMeanHasTheNoiseS() {
    double s = 0.5;
    TrainSettings settings = fixed(s, LevelOf.MEAN);
    double[][] products = new double[4][4];
    double ofMean = 0;
    for (LabeledImage image : Trained.images(0, MANY)) {
      float[] row = row(settings, STACKED, image, 2);
      for (int j = 0; j < 3; j++) {
        double mean = 0;
        for (int a = 0; a < 4; a++) {
          double noise = row[3 * a + j] - image.pixels()[j];
          mean += noise / 4;
          for (int b = 0; b < 4; b++) {
            products[a][b] += noise * (row[3 * b + j] - image.pixels()[j]) / (3 * MANY);
          }
        }
        ofMean += mean * mean / (3 * MANY);
      }
    }
    double sigma = s * 2;
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        assertThat(products[a][b] / (sigma * sigma))
            .as("copies %d and %d", a, b)
            .isCloseTo(a == b ? 1 : 0, within(VARIANCE_TOLERANCE));
      }
    }
    assertThat(ofMean / (s * s)).isCloseTo(1, within(VARIANCE_TOLERANCE));
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 1", "SCORE, 4", "EDM, 15.11111111111111"})
  void theWeightIsThatOfTheNoiseOfTheMean(Weighting weighting, double expected) {
    // level of a copy 1, of the mean 0.5; the network's data have the standard deviation 0.3
    TrainSettings settings =
        Trained.settings(1, new NoiseSchedule.Fixed(1), 4, LevelOf.COPY, weighting);
    Objective objective = Objective.ofEpoch(settings, STACKED, 0);
    CopyNoise noise = objective.noise(IMAGE.id());
    assertThat(objective.weight(noise.s())).isCloseTo(expected, within(1e-12));
    float[] label = new float[5];
    objective.label(IMAGE, noise, label, 1);
    assertThat(label)
        .containsExactly(
            0, IMAGE.pixels()[0], IMAGE.pixels()[1], IMAGE.pixels()[2], (float) expected);
  }

  /** E |ybar - x|^2 / (d s^2) = 1 for any s: score weighting makes all noise levels alike. */
  @ParameterizedTest
  @CsvSource({"MEAN", "STACKED"})
  void returningTheInputCostsOneAtEveryNoiseLevel(Input input) {
    NetworkSettings settings = Trained.network(input, 4, Output.SCORE);
    double sum = 0;
    int n = 5_000;
    TrainSettings scoreWeighted =
        Trained.settings(1, Trained.ANY_NOISE, 4, LevelOf.MEAN, Weighting.SCORE);
    Minibatch batch =
        Minibatch.of(
            Trained.images(0, n).stream().map(image -> new Drawn(image, "shard")).toList(),
            Objective.ofEpoch(scoreWeighted, settings, 0),
            settings);
    try (Network untrained = new Network(settings);
        INDArray parameters = Nd4j.createFromArray(untrained.initialParameters(1))) {
      untrained.bind(parameters, null);
      float[] denoised = new float[3 * n];
      untrained.denoise(batch.rows(), n, denoised);
      float[] label = batch.labels();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 3; j++) {
          double error = denoised[3 * i + j] - label[4 * i + j];
          sum += label[4 * i + 3] * error * error / 3 / n;
        }
      }
    }
    assertThat(sum).isCloseTo(1, within(5 * Math.sqrt(2.0 / (3 * n))));
  }

  private static TrainSettings changed(Augmentation augmentation, double labelDropout) {
    TrainSettings plain = anyNoise(1);
    return new TrainSettings(
        plain.seed(),
        plain.noise(),
        plain.copies(),
        plain.draws(),
        plain.levelOf(),
        plain.weighting(),
        plain.reference(),
        plain.dequantization(),
        augmentation,
        labelDropout,
        plain.regularization(),
        plain.epochs(),
        plain.batchSize(),
        plain.workers(),
        plain.threadsPerWorker(),
        plain.optimizer(),
        plain.ema(),
        plain.averaging(),
        plain.onDivergence(),
        plain.maxRollbacks());
  }

  private static int told(Objective objective, NetworkSettings network, long id, int label) {
    LabeledImage image = new LabeledImage(id, label, IMAGE.shape(), IMAGE.pixels());
    float[] row = new float[network.rowLength()];
    objective.noisyRow(image, objective.noise(id), row, 0);
    return (int) row[row.length - 1];
  }

  @Test
  void theNetworkIsToldTheClassesOfAllButTheShareThatIsDropped() {
    NetworkSettings network = MEAN.withClasses(3);
    Objective objective = Objective.ofEpoch(changed(Augmentation.NONE, 0.1), network, 2);
    int dropped = 0;
    for (int id = 0; id < MANY; id++) {
      int told = told(objective, network, id, id % 3);
      assertThat(told).isIn(id % 3, -1);
      dropped += told < 0 ? 1 : 0;
    }

    assertThat(dropped / (double) MANY).isCloseTo(0.1, within(5 * Math.sqrt(0.09 / MANY)));
    assertThat(told(objective, network, 1, -1)).isEqualTo(-1);
    assertThat(told(Objective.ofValidation(changed(Augmentation.NONE, 1), network), network, 1, 2))
        .isEqualTo(2);
    assertThat(told(Objective.ofValidation(changed(Augmentation.NONE, 1), network), network, 1, 3))
        .as("a class that training has not seen")
        .isEqualTo(-1);
  }

  @Test
  void classesChangeNoNoise() {
    NetworkSettings network = MEAN.withClasses(3);
    float[] row = new float[network.rowLength()];
    Objective objective = Objective.ofEpoch(changed(Augmentation.NONE, 0.5), network, 3);
    objective.noisyRow(IMAGE, objective.noise(IMAGE.id()), row, 0);

    assertThat(row).startsWith(row(anyNoise(1), MEAN, IMAGE, 3));
  }

  @Test
  void everySecondImageIsMirroredAndAnotherHalfInTheNextEpoch() {
    ImageShape shape = new ImageShape(2, 3, 2);
    float[] pixels = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    float[] mirrored = {4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7};
    int[][] flips = new int[2][MANY];
    for (int epoch = 0; epoch < 2; epoch++) {
      Objective objective = Objective.ofEpoch(changed(Augmentation.FLIP, 0), MEAN, epoch);
      for (int id = 0; id < MANY; id++) {
        float[] clean = objective.clean(new LabeledImage(id, -1, shape, pixels)).pixels();
        assertThat(clean).isIn(pixels, mirrored);
        flips[epoch][id] = clean[0] == 4 ? 1 : 0;
      }
    }
    double both = 0;
    for (int id = 0; id < MANY; id++) {
      both += flips[0][id] * flips[1][id];
    }

    double error = 5 * Math.sqrt(0.25 / MANY);
    assertThat(Arrays.stream(flips[0]).average().orElseThrow()).isCloseTo(0.5, within(error));
    assertThat(both / MANY).as("in both epochs").isCloseTo(0.25, within(error));
    LabeledImage heldOut = new LabeledImage(1, -1, shape, pixels);
    assertThat(Objective.ofValidation(changed(Augmentation.FLIP, 0), MEAN).clean(heldOut))
        .isSameAs(heldOut);
  }
}
