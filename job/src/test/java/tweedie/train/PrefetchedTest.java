package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.shard.Shard;
import tweedie.train.round.Trained;

class PrefetchedTest {

  private static <T> List<T> all(Iterator<T> elements) {
    List<T> all = new ArrayList<>();
    elements.forEachRemaining(all::add);
    return all;
  }

  @Test
  void theMinibatchesAreTheSameWithAndWithoutIt(@TempDir Path directory) throws Exception {
    List<Shard> shards = Trained.shards(directory, 7, 5, 4);
    List<Minibatch> plain = all(minibatches(shards));
    List<Minibatch> ahead;
    try (Prefetched<Minibatch> prefetched = new Prefetched<>(minibatches(shards), 2)) {
      ahead = all(prefetched);
    }
    assertThat(ahead).hasSize(6).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(ahead.get(i).rows()).isEqualTo(plain.get(i).rows());
      assertThat(ahead.get(i).labels()).isEqualTo(plain.get(i).labels());
      assertThat(ahead.get(i).origins()).isEqualTo(plain.get(i).origins());
      assertThat(ahead.get(i).noise()).isEqualTo(plain.get(i).noise());
    }
  }

  private static Minibatches minibatches(List<Shard> shards) {
    TrainSettings settings = Trained.settings(1);
    return new Minibatches(
        new ShuffledImages(
            ShardImages.read(shards.stream().map(Shard::path).iterator(), new Configuration()),
            0,
            16,
            settings.seed(),
            3),
        settings.batchSize(),
        0,
        Objective.ofEpoch(settings, Trained.network(), 3),
        Trained.network());
  }

  @Test
  void holdsNoMoreReadyThanAskedForAndStopsWhenClosed() throws Exception {
    CountDownLatch three = new CountDownLatch(3);
    List<Integer> read = new ArrayList<>();
    Iterator<Integer> endless =
        IntStream.iterate(0, i -> i + 1)
            .peek(
                i -> {
                  read.add(i);
                  three.countDown();
                })
            .iterator();
    try (Prefetched<Integer> prefetched = new Prefetched<>(endless, 2)) {
      assertThat(three.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(read).as("two ready, one waiting for room").hasSize(3);
      assertThat(prefetched.next()).isZero();
      assertThat(prefetched.next()).isEqualTo(1);
    }
  }

  @Test
  void whatTheReaderThrowsIsThrownInItsPlace() {
    Iterator<Integer> failing =
        IntStream.range(0, 4)
            .peek(
                i -> {
                  if (i == 2) {
                    throw new IllegalArgumentException("part-00002 is cut off");
                  }
                })
            .iterator();
    try (Prefetched<Integer> prefetched = new Prefetched<>(failing, 3)) {
      assertThat(prefetched.next()).isZero();
      assertThat(prefetched.next()).isEqualTo(1);
      assertThatThrownBy(prefetched::next)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("part-00002 is cut off");
    }
  }

  @Test
  void endsWhereTheOtherEnds() {
    try (Prefetched<Integer> prefetched = new Prefetched<>(List.of(5).iterator(), 2)) {
      assertThat(prefetched.next()).isEqualTo(5);
      assertThat(prefetched.hasNext()).isFalse();
      assertThatThrownBy(prefetched::next).isInstanceOf(NoSuchElementException.class);
    }
  }
}
