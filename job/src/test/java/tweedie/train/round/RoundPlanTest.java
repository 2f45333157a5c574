package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.shard.Shard;
import tweedie.train.TrainSettings;
import tweedie.train.averaging.WeightedMean;

class RoundPlanTest {

  private static List<Shard> shards(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Shard("shard-" + i, 10)).toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "7, 3", "8, 4", "2, 5", "100, 7"})
  void everyShardGoesToOneWorkerAndNoWorkerHasTwoMoreThanAnother(int shards, int workers) {
    List<List<Shard>> plan = RoundPlan.deal(3, 5, shards(shards), workers);
    assertThat(plan).hasSize(workers);
    assertThat(plan.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(shards(shards));
    assertThat(plan)
        .allSatisfy(
            worker ->
                assertThat(worker.size())
                    .isBetween(shards / workers, (shards + workers - 1) / workers));
  }

  @Test
  void isAnotherInEveryEpochAndForEverySeed() {
    List<List<Shard>> plan = RoundPlan.deal(3, 5, shards(20), 4);
    assertThat(RoundPlan.deal(3, 6, shards(20), 4)).isNotEqualTo(plan);
    assertThat(RoundPlan.deal(4, 5, shards(20), 4)).isNotEqualTo(plan);
  }

  @Test
  void isTheSameForTheSameSeedAndEpoch() {
    assertThat(RoundPlan.deal(3, 5, shards(20), 4)).isEqualTo(RoundPlan.deal(3, 5, shards(20), 4));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "2, 3, 0", "3, 2, 0", "4, 1, 0", "3, 100, 0", "3, 4, 30", "5, 1, 0"})
  void everyImageIsSeenOnceInAnEpochHoweverManyRoundsItHas(
      int workers, int every, long warmupImages) {
    List<Shard> shards =
        IntStream.of(7, 1, 12, 3, 9, 4).mapToObj(n -> new Shard("shard-" + n, n)).toList();
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(workers),
            new TrainSettings.Averaging(
                new WeightedMean(), TrainSettings.Moments.MEAN, every, warmupImages, 1));
    TrainingState state = new TrainingState(0, 0, 0, new float[1], new float[2], new float[1]);
    for (int epoch = 0; epoch < 2; epoch++) {
      Map<String, Integer> seen = new TreeMap<>();
      while (state.epoch() == epoch) {
        RoundPlan plan = RoundPlan.next(settings, state, shards);
        assertThat(plan.images()).isPositive();
        plan.shares().forEach(share -> count(share, shards, seen));
        state = after(state, plan);
      }
      assertThat(state.position().step()).isZero();
      assertThat(seen.values()).containsOnly(1).hasSize(36);
    }
  }

  private static TrainingState after(TrainingState state, RoundPlan plan) {
    return new TrainingState(
        state.round() + 1,
        plan.end(),
        state.images() + plan.images(),
        0,
        state.parameters(),
        state.moments(),
        state.ema(),
        state.momentum(),
        0);
  }

  /** Counts the images of a share, and checks that it names no shard it does not need. */
  private static void count(RoundPlan.Share share, List<Shard> shards, Map<String, Integer> seen) {
    long skip = share.slice().skip();
    long left = share.slice().images();
    for (String path : share.shards()) {
      long images =
          shards.stream().filter(shard -> shard.path().equals(path)).findFirst().get().images();
      assertThat(skip).isLessThan(images);
      assertThat(left).as("images left for %s", path).isPositive();
      for (long i = skip; i < images && left > 0; i++, left--) {
        seen.merge(path + "/" + i, 1, Integer::sum);
      }
      skip = 0;
    }
    assertThat(left).isZero();
  }

  @Test
  void aWorkerPrefersTheMachinesThatHoldMostOfItsImages() {
    List<Shard> shards =
        List.of(
            new Shard("a", 30, List.of("n1", "n2")),
            new Shard("b", 20, List.of("n2", "n3", "n4")),
            new Shard("c", 25, List.of("n3")),
            new Shard("d", 5));
    TrainSettings whole = Trained.settings(1);
    TrainingState state = new TrainingState(0, 0, 0, new float[1], new float[2], new float[1]);
    assertThat(RoundPlan.next(whole, state, shards).shares().get(0).hosts())
        .as("50, 45, 30 images; n4 has 20")
        .containsExactly("n2", "n3", "n1");
    TrainSettings steps = Trained.withAveraging(whole, Trained.meanEvery(1));
    RoundPlan.Share first = RoundPlan.next(steps, state, shards).shares().get(0);
    assertThat(first.shards()).as("of one minibatch").hasSize(1);
    assertThat(first.hosts())
        .isEqualTo(
            shards.stream()
                .filter(shard -> shard.path().equals(first.shards().get(0)))
                .findFirst()
                .get()
                .hosts());
    assertThat(RoundPlan.next(whole, state, shards(4)).shares().get(0).hosts()).isEmpty();
  }

  @Test
  void roundsAreShortDuringTheWarmUp() {
    List<Shard> shards = List.of(new Shard("shard", 60));
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(1),
            new TrainSettings.Averaging(new WeightedMean(), TrainSettings.Moments.MEAN, 0, 15, 2));
    TrainingState state = new TrainingState(0, 0, 0, new float[1], new float[2], new float[1]);
    List<Long> images = new ArrayList<>();
    while (state.epoch() == 0) {
      RoundPlan plan = RoundPlan.next(settings, state, shards);
      images.add(plan.images());
      state = after(state, plan);
    }
    assertThat(images).as("minibatches of 3").containsExactly(6L, 6L, 6L, 42L);
  }
}
