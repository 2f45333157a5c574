package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.LocalSpark;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.NoiseSchedule;
import tweedie.score.Weighting;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.TrainSettings.Regularization;
import tweedie.train.round.LocalTraining;
import tweedie.train.round.Trained;

class MirrorConsistencyTest {

  private static final ImageShape SHAPE = new ImageShape(2, 3, 2);
  private static final int D = SHAPE.dimension();
  private static final int N = 5;
  private static final double WEIGHT = 0.7;
  private static final NetworkSettings NETWORK =
      new NetworkSettings(
              SHAPE,
              Kind.UNET,
              List.of(4),
              0,
              1,
              0,
              0,
              4,
              Input.STACKED,
              2,
              Output.DENOISER,
              0.3,
              0.4,
              List.of())
          .withClasses(3);

  private static MirrorConsistency consistency() {
    TrainSettings settings =
        Trained.regularized(Trained.settings(1), new Regularization(0, WEIGHT));
    return MirrorConsistency.of(settings, NETWORK).orElseThrow();
  }

  private static Minibatch minibatch() {
    Draws draws = Draws.of(3, Purpose.NOISE, 0, 0);
    float[] rows = new float[N * NETWORK.rowLength()];
    float[] labels = new float[N * (D + 1)];
    List<CopyNoise> noise = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) draws.gaussian();
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (float) draws.uniform(0.1, 2);
    }
    for (int i = 0; i < N; i++) {
      rows[i * NETWORK.rowLength() + NETWORK.noiseAt()] = 0.5f + i;
      rows[(i + 1) * NETWORK.rowLength() - 1] = i % 3;
      noise.add(CopyNoise.ofMean(0.5 + i, 2));
    }
    List<Minibatch.Origin> origins =
        IntStream.range(0, N).mapToObj(i -> new Minibatch.Origin("shard", i)).toList();
    return new Minibatch(N, origins, noise, rows, labels);
  }

  /**
   * A function of a row to which left and right are not alike: s and class count, and the place.
   */
  private static float[] answers(float[] rows) {
    float[] answers = new float[N * D];
    for (int i = 0; i < N; i++) {
      int row = i * NETWORK.rowLength();
      float by = rows[row + NETWORK.noiseAt()] + rows[row + NETWORK.noiseAt() + 1];
      for (int j = 0; j < D; j++) {
        answers[i * D + j] = rows[row + j] * j + rows[row + D + j] * by;
      }
    }
    return answers;
  }

  private static double squared(float[] a, float[] b, int aAt, int bAt) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      sum += Math.pow((double) a[aAt + j] - b[bAt + j], 2);
    }
    return sum;
  }

  @Test
  void theLossOfItsLabelsAndTheRestAreTheTwoSquares() {
    Minibatch batch = minibatch();
    MirrorConsistency.Labelled labelled =
        consistency().labelled(batch, MirrorConsistencyTest::answers);
    float[] rows = batch.rows();
    float[] t = SHAPE.mirrored(answers(mirrored(rows)));
    float[] answer = answers(rows);
    for (int i = 0; i < N; i++) {
      int at = i * (D + 1);
      double weight = batch.labels()[at + D];
      double expected =
          weight
              / D
              * (squared(answer, batch.labels(), i * D, at)
                  + WEIGHT * squared(answer, t, i * D, i * D));
      float[] labels = labelled.batch().labels();
      double learned = labels[at + D] / D * squared(answer, labels, i * D, at) + labelled.rest()[i];
      assertThat(learned).isCloseTo(expected, within(1e-5 * expected));
    }
    assertThat(labelled.batch().rows()).isSameAs(rows);
  }

  private static float[] mirrored(float[] rows) {
    float[] mirrored = rows.clone();
    for (int i = 0; i < N; i++) {
      for (int image = 0; image < 2 * D; image += D) {
        for (int y = 0; y < 2; y++) {
          for (int c = 0; c < 2; c++) {
            int left = i * NETWORK.rowLength() + image + y * 6 + c;
            mirrored[left] = rows[left + 4];
            mirrored[left + 4] = rows[left];
          }
        }
      }
    }
    return mirrored;
  }

  @Test
  void answersThatTreatMirroredImagesAlikeAreAskedForNothing() {
    Minibatch batch = minibatch();
    float[] labels = consistency().labelled(batch, MirrorConsistencyTest::images).batch().labels();
    // D(y) = y, whose mirrored answer to a mirrored image is itself
    float[] y = images(batch.rows());
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        double x = batch.labels()[i * (D + 1) + j];
        double towards = x + WEIGHT / (1 + WEIGHT) * (y[i * D + j] - x);
        assertThat(labels[i * (D + 1) + j]).isCloseTo((float) towards, within(1e-5f));
      }
    }
  }

  /** The first copy of each row. */
  private static float[] images(float[] rows) {
    float[] images = new float[N * D];
    for (int i = 0; i < N; i++) {
      System.arraycopy(rows, i * NETWORK.rowLength(), images, i * D, D);
    }
    return images;
  }

  private static final NetworkSettings SMALL =
      new NetworkSettings(
          new ImageShape(4, 4, 1),
          Kind.UNET,
          List.of(8),
          0,
          1,
          0,
          0,
          8,
          Input.MEAN,
          1,
          Output.DENOISER,
          0.25,
          0.43,
          List.of());

  /** Bright on the left, or nowhere. */
  private static List<LabeledImage> images() {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      float[] pixels = new float[16];
      for (int at = 0; at < 16; at++) {
        pixels[at] = i % 2 == 0 && at % 4 < 2 ? 1 : 0;
      }
      images.add(new LabeledImage(i, -1, SMALL.shape(), pixels));
    }
    return images;
  }

  private static float[] trained(LongAccumulator progress, Regularization regularization) {
    TrainSettings settings =
        Trained.regularized(
            Trained.settings(1, new NoiseSchedule.Fixed(0.5), 1, LevelOf.MEAN, Weighting.EDM),
            regularization);
    return LocalTraining.of(SMALL, settings, 300, images(), progress).parameters();
  }

  /** Mean square of D(y) - T D(T y) over noisy images. */
  private static double unalike(float[] parameters) {
    Draws draws = Draws.of(5, Purpose.NOISE, 0, 0);
    double sum = 0;
    try (Network network = new Network(SMALL);
        INDArray values = Nd4j.createFromArray(parameters)) {
      network.bind(values, null);
      for (LabeledImage image : images()) {
        float[] row = new float[17];
        for (int at = 0; at < 16; at++) {
          row[at] = (float) (image.pixels()[at] + 0.5 * draws.gaussian());
        }
        row[16] = 0.5f;
        float[] mirroredRow = SMALL.shape().mirrored(Arrays.copyOf(row, 16));
        float[] answer = denoised(network, row);
        float[] ofMirrored = denoised(network, Arrays.copyOf(mirroredRow, 17));
        float[] back = SMALL.shape().mirrored(ofMirrored);
        for (int at = 0; at < 16; at++) {
          sum += Math.pow(answer[at] - back[at], 2) / (16 * images().size());
        }
      }
    }
    return sum;
  }

  private static float[] denoised(Network network, float[] row) {
    row[16] = 0.5f;
    float[] out = new float[16];
    network.denoise(row, 1, out);
    return out;
  }

  @Test
  void theNetworkLearnsToTreatMirroredImagesAlikeAndRepeatsItsBits() {
    LongAccumulator progress = LocalSpark.of("local[2]").context().sc().longAccumulator();
    double without = unalike(trained(progress, Regularization.NONE));
    Regularization some = new Regularization(0.1, 20);
    float[] with = trained(progress, some);
    assertThat(unalike(with)).isLessThan(0.3 * without);
    assertThat(trained(progress, some)).isEqualTo(with);
  }

  @Test
  void withoutWeightThereIsNone() {
    assertThat(MirrorConsistency.of(Trained.settings(1), NETWORK)).isEmpty();
  }
}
