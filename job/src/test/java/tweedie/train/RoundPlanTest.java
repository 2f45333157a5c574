package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.Shard;

class RoundPlanTest {

  private static List<Shard> shards(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Shard("shard-" + i, 10)).toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "7, 3", "8, 4", "2, 5", "100, 7"})
  void everyShardGoesToOneWorkerAndNoWorkerHasTwoMoreThanAnother(int shards, int workers) {
    List<List<String>> plan = RoundPlan.of(3, 5, shards(shards), workers);
    assertThat(plan).hasSize(workers);
    assertThat(plan.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(shards(shards).stream().map(Shard::path).toList());
    assertThat(plan)
        .allSatisfy(
            worker ->
                assertThat(worker.size())
                    .isBetween(shards / workers, (shards + workers - 1) / workers));
  }

  @Test
  void isAnotherInEveryRoundAndForEverySeed() {
    List<List<String>> plan = RoundPlan.of(3, 5, shards(20), 4);
    assertThat(RoundPlan.of(3, 6, shards(20), 4)).isNotEqualTo(plan);
    assertThat(RoundPlan.of(4, 5, shards(20), 4)).isNotEqualTo(plan);
  }

  @Test
  void isTheSameForTheSameSeedAndRound() {
    assertThat(RoundPlan.of(3, 5, shards(20), 4)).isEqualTo(RoundPlan.of(3, 5, shards(20), 4));
  }
}
