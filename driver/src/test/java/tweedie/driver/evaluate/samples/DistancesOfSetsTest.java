package tweedie.driver.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.evaluate.samples.NeighbourJob.Cross;
import tweedie.driver.evaluate.samples.NeighbourJob.Own;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.Neighbours.Balls;
import tweedie.evaluate.samples.SlicedDistances;

/** What the tasks of the distances find in sets whose distances are known. */
class DistancesOfSetsTest {

  private static final int N = 300;

  /** Points 0, 1, 2, ... on a line; the samples are moved by 0.25, the wrong ones far away. */
  private static final ComparedRows LINE = line();

  private static ComparedRows line() {
    float[][] rows = new float[ComparedRows.COMPARED + 1][N];
    for (int i = 0; i < N; i++) {
      rows[ComparedRows.SAMPLES][i] = i + 0.25f;
      rows[ComparedRows.FLOOR][i] = i;
      rows[ComparedRows.WRONG][i] = i + 1000;
      rows[ComparedRows.REAL][i] = i;
    }
    return new ComparedRows(rows, 1);
  }

  @Test
  void blocksHoldAllRows() {
    assertThat(LINE.blocks(2))
        .containsExactly(
            new Block(0, 0, 256),
            new Block(0, 256, 300),
            new Block(1, 0, 256),
            new Block(1, 256, 300));
    assertThat(LINE.rows(new Block(ComparedRows.SAMPLES, 2, 4))).containsExactly(2.25f, 3.25f);
    assertThat(LINE.squares(ComparedRows.REAL)).startsWith(0, 1, 4, 9);
  }

  @Test
  void ballsReachToTheNeighbourThatIsAskedFor() {
    Own first = NeighbourJob.own(LINE, new Block(ComparedRows.REAL, 0, 3), 2);

    // two nearest others: 1 and 2 of 0, 0 and 2 of 1, 1 and 3 of 2
    assertThat(Arrays.stream(first.balls()).mapToDouble(balls -> balls.squaredRadii()[0]))
        .containsExactly(4.0, 1.0, 1.0);
  }

  @Test
  void kernelSumsLeaveOutTheDiagonalOfTheirOwnSetOnly() {
    ComparedRows two =
        new ComparedRows(new float[][] {{1, 2, 0, 1}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 3}}, 2);

    // rows (1, 2) and (0, 1): their product is 2, and (2 / 2 + 1)^3 = 8
    assertThat(
            NeighbourJob.own(two, new Block(ComparedRows.SAMPLES, 0, 2), 1).sums().mean().value())
        .isEqualTo(8);
    // with (1, 0) and (0, 3): products 1, 6, 0, 3
    assertThat(
            NeighbourJob.cross(two, new Block(ComparedRows.SAMPLES, 0, 2), balls(2, 0))
                .sums()
                .mean()
                .value())
        .isCloseTo((1.5 * 1.5 * 1.5 + 64 + 1 + 2.5 * 2.5 * 2.5) / 4, within(1e-12));
  }

  /** Of this squared radius around every row, n of each set. */
  private static Balls[][] balls(int n, double squaredRadius) {
    double[] radii = new double[1 + HalfSamples.SPLITS];
    Arrays.fill(radii, squaredRadius);
    Balls[][] balls = new Balls[ComparedRows.COMPARED + 1][n];
    for (Balls[] ofSet : balls) {
      Arrays.fill(ofSet, new Balls(radii, squaredRadius));
    }
    return balls;
  }

  @Test
  void samplesAmongTheRealRowsArePreciseAndWrongOnesAreNot() {
    Balls[][] balls = balls(N, 1);
    for (int set : new int[] {ComparedRows.SAMPLES, ComparedRows.FLOOR, ComparedRows.WRONG}) {
      Cross all = NeighbourJob.cross(LINE, new Block(set, 0, 256), balls);
      Cross rest = NeighbourJob.cross(LINE, new Block(set, 256, N), balls);
      all.neighbours().add(rest.neighbours());
      double share = set == ComparedRows.WRONG ? 0 : 1;
      assertThat(all.neighbours().precision().value()).isEqualTo(share);
      assertThat(all.neighbours().recall().value()).isEqualTo(share);
      assertThat(all.neighbours().coverage().value()).isEqualTo(share);
    }
  }

  @Test
  void slicedDistancesOfMovedRowsAreTheMove() {
    SlicedDistances[] part = DistanceJobs.sliced(LINE, 1, 0, 3);
    SlicedDistances[] rest = DistanceJobs.sliced(LINE, 1, 3, 4);
    for (int set = 0; set < part.length; set++) {
      part[set].add(rest[set]);
    }

    assertThat(part[ComparedRows.SAMPLES].wasserstein().value()).isCloseTo(0.25, within(1e-6));
    assertThat(part[ComparedRows.FLOOR].wasserstein().value()).isZero();
    assertThat(part[ComparedRows.WRONG].wasserstein().value()).isCloseTo(1000, within(1e-3));
    assertThat(part[ComparedRows.WRONG].kolmogorovSmirnov().value()).isEqualTo(1);
  }

  @Test
  void directionsAreSpreadOverTasksOfSixteen() {
    assertThat(DistanceJobs.firstDirections(1)).hasSize(1);
    assertThat(DistanceJobs.firstDirections(16)).hasSize(1);
    assertThat(DistanceJobs.firstDirections(17)).hasSize(2);
  }
}
