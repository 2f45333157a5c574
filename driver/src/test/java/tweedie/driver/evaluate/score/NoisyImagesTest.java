package tweedie.driver.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.driver.evaluate.score.ScoreTask.Block;
import tweedie.driver.evaluate.score.ScoreTask.Compared;

class NoisyImagesTest {

  private static final float[] ROWS = {0, 1, 2, 3, 4, 5};

  @Test
  void theNoiseOfAnImageIsTheSameAtEveryLevelButForItsSize() {
    NoisyImages noisy = NoisyImages.of(ROWS, 2, 7, new double[] {0.5, 2});

    assertThat(noisy.count()).isEqualTo(3);
    assertThat(noisy.levels()).isEqualTo(2);
    assertThat(noisy.dimension()).isEqualTo(2);
    assertThat(noisy.s()).containsExactly(0.5, 0.5, 0.5, 2, 2, 2);
    for (int j = 0; j < ROWS.length; j++) {
      double small = noisy.y()[j] - ROWS[j];
      assertThat(small).isNotZero();
      assertThat(noisy.y()[ROWS.length + j] - ROWS[j]).isCloseTo(4 * small, within(1e-12));
    }
  }

  @Test
  void blocksGoThroughAllImagesOfEveryLevel() {
    NoisyImages noisy = NoisyImages.of(ROWS, 2, 7, new double[] {0.5, 2});

    assertThat(Block.all(noisy, 2))
        .containsExactly(
            new Block(0, 0, 2), new Block(0, 2, 3), new Block(1, 0, 2), new Block(1, 2, 3));
  }

  @Test
  void partsTakeTheirPlaceAmongAllImages() {
    double[] one = {0};
    double[] two = {1, 2};

    Compared all =
        Compared.joined(
            List.of(
                new Compared(new double[2][1], new double[2][1], one, one, one),
                new Compared(
                    new double[][] {{1, 2}, {3, 4}},
                    new double[][] {{5, 6}, {7, 8}},
                    two,
                    two,
                    two)));

    assertThat(List.of(all.errors()[0], all.errors()[1], all.apart()[0], all.apart()[1]))
        .containsExactly(
            new double[] {0, 1, 2},
            new double[] {0, 3, 4},
            new double[] {0, 5, 6},
            new double[] {0, 7, 8});
    assertThat(List.of(all.traces(), all.shrunk(), all.bestErrors()))
        .containsOnly(new double[] {0, 1, 2});
  }
}
