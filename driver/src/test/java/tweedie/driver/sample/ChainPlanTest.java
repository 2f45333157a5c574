package tweedie.driver.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.sample.SampleChains.Range;
import tweedie.driver.sample.SampleWalks.Stretch;
import tweedie.sample.ChainStart;
import tweedie.sample.Friction;
import tweedie.sample.Integrator;
import tweedie.sample.Integrator.Scheme;
import tweedie.sample.WalkJump;

class ChainPlanTest {

  @Test
  void missingSamplesAreCutIntoBatches() {
    assertThat(new ChainPlan(10, 0).missing(Set.of(), 4))
        .containsExactly(new Range(0, 3), new Range(4, 7), new Range(8, 9));
  }

  @Test
  void aBatchDoesNotReachOverWhatIsThere() {
    assertThat(new ChainPlan(10, 0).missing(Set.of(0L, 1L, 4L, 9L), 4))
        .containsExactly(new Range(2, 3), new Range(5, 8));
  }

  @Test
  void nothingIsMissingOfFewerSamplesThanThereAre() {
    assertThat(new ChainPlan(2, 0).missing(Set.of(0L, 1L, 2L), 4)).isEmpty();
  }

  @Test
  void chainsShareTheJumpsAndTheFirstOnesMakeOneMore() {
    ChainPlan plan = new ChainPlan(10, 4);

    assertThat(List.of(plan.jumps(0), plan.jumps(1), plan.jumps(2), plan.jumps(3)))
        .containsExactly(3L, 3L, 2L, 2L);
  }

  @Test
  void newBlocksWalkFromTheBeginning() {
    assertThat(new ChainPlan(10, 4).stretches(List.of(), 3))
        .containsExactly(new Stretch(0, 2, 0, 3), new Stretch(3, 3, 0, 2));
  }

  @Test
  void noMoreChainsWalkThanThereAreSamples() {
    assertThat(new ChainPlan(2, 64).stretches(List.of(), 32))
        .containsExactly(new Stretch(0, 1, 0, 1));
  }

  @Test
  void blocksWalkOnWhereTheyAreAndOthersJoinThem() {
    List<Block> blocks = List.of(block(0, 1, 2), block(2, 2, 5));

    assertThat(new ChainPlan(20, 5).stretches(blocks, 8))
        .containsExactly(new Stretch(0, 1, 2, 4), new Stretch(3, 4, 0, 4));
  }

  @Test
  void onlyStretchesFromTheBeginningBurnIn() {
    WalkJump walk =
        new WalkJump(
            new ChainStart(new double[2], 1),
            1,
            new Integrator(Scheme.ABOBA, 0.5, 1, new Friction(Friction.Per.TIME, 1)),
            100,
            20,
            1);
    Stretch begun = new Stretch(0, 1, 0, 3);
    Stretch going = new Stretch(0, 1, 3, 6);

    assertThat(begun.images()).isEqualTo(going.images()).isEqualTo(6);
    assertThat(begun.steps(walk)).isEqualTo(2 * (100 + 3 * 20));
    assertThat(going.steps(walk)).isEqualTo(2 * 3 * 20);
    assertThat(begun.calls(walk)).as("a call a step and a jump").isEqualTo(100 + 3 * 21);
    assertThat(going.calls(walk)).isEqualTo(3 * 21);
  }

  private static Block block(long first, long last, long jumps) {
    return new Block(new Path("walk"), first, last, jumps);
  }
}
