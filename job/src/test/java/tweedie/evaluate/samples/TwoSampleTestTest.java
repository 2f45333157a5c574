package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class TwoSampleTestTest {

  private static final ImageShape PLANE = new ImageShape(1, 1, 2);
  private static final ImageShape IMAGE = new ImageShape(6, 7, 1);

  /** n standard normal rows with {@code mu} added to every value. */
  private static float[] normal(int n, ImageShape shape, long stream, double mu) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, 0);
    float[] rows = new float[n * shape.dimension()];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) (mu + draws.gaussian());
    }
    return rows;
  }

  @Test
  void ofIdenticalSetsHalfTheAnswersAreRight() {
    float[] rows = normal(101, IMAGE, 0, 0);
    Accuracy accuracy = TwoSampleTest.accuracy(rows, rows, IMAGE, 1);

    assertThat(accuracy).isEqualTo(new Accuracy(50, 100));
    assertThat(TwoSampleTest.pValue(accuracy)).isGreaterThan(0.5);
  }

  @Test
  void onEqualDistributionsAnswersAreThrowsOfACoin() {
    int trials = 20;
    int n = 100;
    int correct = 0;
    for (int trial = 0; trial < trials; trial++) {
      correct +=
          TwoSampleTest.accuracy(
                  normal(n, PLANE, 2 * trial, 0), normal(n, PLANE, 2 * trial + 1, 0), PLANE, trial)
              .correct();
    }
    int answers = trials * n;
    assertThat((double) correct / answers).isCloseTo(0.5, within(4 * 0.5 / Math.sqrt(answers)));
  }

  @Test
  void shiftedGaussiansAreToldApartAsWellAsTheyCanBe() {
    int n = 4000;
    double shift = Math.sqrt(2); // a distance of 2 in the plane
    Accuracy accuracy =
        TwoSampleTest.accuracy(normal(n, PLANE, 0, 0), normal(n, PLANE, 1, shift), PLANE, 1);

    double bayes = new NormalDistribution().cumulativeProbability(1);
    double error = Math.sqrt(bayes * (1 - bayes) / n);
    assertThat(accuracy.images()).isEqualTo(n);
    assertThat(accuracy.estimate().value()).isBetween(bayes - 0.02 - 4 * error, bayes + 4 * error);
    assertThat(TwoSampleTest.pValue(accuracy)).isLessThan(1e-100);
  }

  @Test
  void imagesThatDifferInTheirTextureAreToldApart() {
    float[] rough = normal(400, IMAGE, 0, 0);
    float[] smooth = normal(400, IMAGE, 1, 0);
    for (int j = 1; j < smooth.length; j++) { // of the same variance, each pixel like the last
      smooth[j] = (float) (0.8 * smooth[j - 1] + 0.6 * smooth[j]);
    }

    assertThat(TwoSampleTest.accuracy(rough, smooth, IMAGE, 1).estimate().low()).isGreaterThan(0.8);
  }

  @Test
  void pValueIsOfBothBinomialTails() {
    assertThat(TwoSampleTest.pValue(new Accuracy(8, 10))).isCloseTo(112 / 1024.0, within(1e-12));
    assertThat(TwoSampleTest.pValue(new Accuracy(2, 10))).isCloseTo(112 / 1024.0, within(1e-12));
    assertThat(TwoSampleTest.pValue(new Accuracy(5, 10))).isEqualTo(1);
    assertThat(TwoSampleTest.pValue(new Accuracy(100, 100)))
        .isCloseTo(Math.pow(0.5, 99), within(1e-40));
  }

  @Test
  void copiesOfRealRowsAreWorseThanAThrowOfACoin() {
    int n = 1000;
    float[] real = normal(n, IMAGE, 1, 0);
    float[] copies = normal(n, IMAGE, 2, 0);
    // every third is a copy of a real row of the other parity, as by a model that memorises
    for (int row = 0; row < n - 1; row += 3) {
      int d = IMAGE.dimension();
      System.arraycopy(real, (row + 1) % n * d, copies, row * d, d);
    }
    Accuracy accuracy = TwoSampleTest.accuracy(copies, real, IMAGE, 1);
    assertThat(accuracy.estimate().value()).isLessThan(0.47);
    assertThat(TwoSampleTest.pValue(accuracy)).isLessThan(0.05);
  }

  @Test
  void setsOfDifferentSizesAreRefused() {
    assertThatThrownBy(() -> TwoSampleTest.accuracy(new float[4], new float[6], PLANE, 1))
        .hasMessage("Two sets of one size are compared, not of 4 and 6 values");
  }
}
