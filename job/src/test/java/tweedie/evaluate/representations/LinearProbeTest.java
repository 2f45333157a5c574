package tweedie.evaluate.representations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tweedie.data.ImageRows;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.evaluate.likelihood.FlowSolver.Method;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

class LinearProbeTest {

  private static final int D = 6;
  private static final GaussianMixture NORMAL = Mixtures.gaussian(D, 0.5, 0.7);

  /** Draws whose class hangs on a sum of values, and on chance by so much. */
  private static LabelledRows draws(int seed, int n, double chance) {
    double[] rows = NORMAL.sample(seed, Mixtures.ids(n));
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      double score = chance * Draws.of(seed, Purpose.EVALUATION, i, 0).gaussian();
      for (int j = 0; j < D; j++) {
        score += (1 - chance) * (j - 2) * (rows[i * D + j] - 0.5);
      }
      labels[i] = score > 1 ? 2 : score > -1 ? 1 : 0;
    }
    return new LabelledRows(ImageRows.floats(rows), labels);
  }

  @Test
  void classesThatARowTellsLinearlyAreFound() {
    LinearProbe probe = LinearProbe.of(draws(1, 1000, 0), draws(2, 500, 0), 3);

    assertThat(probe.tested()).isEqualTo(500);
    assertThat(probe.right()).isGreaterThan(470);
    assertThat(probe.ridge()).isEqualTo(1e-4);
    assertThat(probe.accuracy()).isEqualTo(Estimate.ofShare(probe.right(), 500));
  }

  @Test
  void classesOfChanceAreNotAndTheRidgeIsStrong() {
    LinearProbe probe = LinearProbe.of(draws(1, 300, 1), draws(2, 600, 1), 3);

    assertThat(probe.ridge()).isGreaterThanOrEqualTo(0.1);
    assertThat(probe.right()).isLessThan(480); // the class in the middle is of 68 %
  }

  /** Codes of a normal distribution are an affine map of its draws. */
  @Test
  void codesOfNormalDataTellAsMuchAsTheirPixels() {
    LabelledRows training = draws(3, 600, 0.5);
    LabelledRows test = draws(4, 400, 0.5);
    LinearProbe ofPixels = LinearProbe.of(training, test, 3);
    LinearProbe ofCodes = LinearProbe.of(encoded(training), encoded(test), 3);

    assertThat(ofPixels.right()).isBetween(260, 390);
    assertThat(ofCodes).isEqualTo(ofPixels);
  }

  private static LabelledRows encoded(LabelledRows rows) {
    FlowCodes flow =
        new FlowCodes(new DataNormal(NORMAL.mean(), 0.3), 0.01, 9, new Grid(Method.RK4, 20));
    double[] codes =
        flow.encode(NORMAL, ImageRows.doubles(rows.values()), 0, Mixtures.ids(rows.count()));
    return new LabelledRows(ImageRows.floats(codes), rows.labels());
  }

  @Test
  void aValueThatNeverChangesDoesNotMatter() {
    LabelledRows training = draws(5, 200, 0.3);
    LabelledRows test = draws(6, 200, 0.3);

    assertThat(LinearProbe.of(withConstant(training), withConstant(test), 3))
        .isEqualTo(LinearProbe.of(training, test, 3));
  }

  private static LabelledRows withConstant(LabelledRows rows) {
    float[] more = new float[rows.count() * (D + 1)];
    for (int i = 0; i < rows.count(); i++) {
      System.arraycopy(rows.values(), i * D, more, i * (D + 1), D);
      more[i * (D + 1) + D] = 0.1f;
    }
    return new LabelledRows(more, rows.labels());
  }

  @Test
  void rowsAreOfOneLength() {
    assertThatThrownBy(() -> new LabelledRows(new float[5], new int[2]))
        .hasMessage("5 values do not divide into 2 rows");
  }
}
