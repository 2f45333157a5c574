package tweedie.driver.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import scala.Tuple2;
import tweedie.LocalSpark;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.driver.imports.Import.Damaged;
import tweedie.driver.imports.PartImages.Item;
import tweedie.driver.progress.CountedJob;

class NumberedImagesTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");
  private static final ImageShape POINT = new ImageShape(1, 1, 1);

  /**
   * Points whose only value is their place, in partitions of these sizes; those of the parts that
   * are damaged stand behind an image of theirs.
   */
  private record Points(int[] sizes, Unit unit, int damaged, LongAccumulator read)
      implements Intake {

    @Override
    public boolean eightBit() {
      return false;
    }

    @Override
    public Opened open(JavaSparkContext spark, CountedJob job, LongAccumulator counted, Take take) {
      List<List<Item>> partitions = new ArrayList<>();
      int place = 0;
      for (int part = 0; part < sizes.length; part++) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < sizes[part]; i++) {
          float[] value = {part == damaged && unit == Unit.PART ? -1 : place++};
          items.add(new Item(part, i, SourceImage.ofFloats(-1, POINT, value), null));
        }
        if (part == damaged) {
          items.add(new Item(part, sizes[part], null, "damaged"));
        }
        partitions.add(items);
      }
      LongAccumulator computed = read;
      JavaRDD<Item> items =
          spark
              .parallelize(partitions, sizes.length)
              .flatMap(
                  list -> {
                    computed.add(1);
                    return list.iterator();
                  });
      return new Opened(items, sizes.length, unit, 0, List.of(), List.of(), List.of(), () -> 0);
    }
  }

  private static List<List<Tuple2<Long, Float>>> collected(
      JavaRDD<Tuple2<Long, SourceImage>> images) {
    return images.map(image -> new Tuple2<>(image._1, image._2.floats()[0])).glom().collect();
  }

  @Test
  void partitionsOfAnySizesBecomeWholeShardsAndAreReadOnce() throws IOException {
    Random random = new Random(3);
    int inPlace = 0;
    for (int trial = 0; trial < 40; trial++) {
      int[] sizes = random.ints(1 + random.nextInt(8), 0, 1 + random.nextInt(12)).toArray();
      int perShard = 1 + random.nextInt(6);
      Intake.Unit unit = Intake.Unit.values()[random.nextInt(2)];
      Points points =
          new Points(
              sizes, unit, random.nextInt(12), SPARK.context().sc().longAccumulator("partitions"));
      OptionalLong limit =
          random.nextBoolean() ? OptionalLong.of(1 + random.nextInt(20)) : OptionalLong.empty();
      long there = 0;
      for (int part = 0; part < sizes.length; part++) {
        there += part == points.damaged && unit == Intake.Unit.PART ? 0 : sizes[part];
      }
      if (there == 0) {
        continue;
      }
      try (CountedJob job = new CountedJob(SPARK.context(), "test", "numbers")) {
        NumberedImages numbered =
            NumberedImages.of(
                SPARK.context(),
                points,
                new Intake.Take(limit, Damaged.SKIP),
                perShard,
                job,
                SPARK.context().sc().longAccumulator("images"));
        long images = Math.min(there, limit.orElse(there));
        assertThat(numbered.images()).isEqualTo(images);
        JavaRDD<Tuple2<Long, SourceImage>> inWholeShards = numbered.inWholeShards(job);
        List<List<Tuple2<Long, Float>>> whole = collected(inWholeShards);
        List<List<Tuple2<Long, Float>>> shards = collected(numbered.byShard().map(i -> i));
        assertThat(shards).hasSize(numbered.shards());
        assertThat(shards.subList(0, shards.size() - 1)).allMatch(one -> one.size() == perShard);
        List<Tuple2<Long, Float>> expected =
            LongStream.range(0, images).mapToObj(id -> new Tuple2<>(id, (float) id)).toList();
        assertThat(shards.stream().flatMap(List::stream)).isEqualTo(expected);
        assertThat(whole.stream().flatMap(List::stream)).isEqualTo(expected);
        assertThat(whole.subList(0, whole.size() - 1))
            .allMatch(some -> !some.isEmpty() && some.size() % perShard == 0);
        inPlace += inWholeShards.toDebugString().contains("ShuffledRDD") ? 0 : 1;
        assertThat(points.read.value()).isEqualTo(sizes.length);
      }
    }
    assertThat(inPlace).as("trials that shuffled nothing").isGreaterThan(10);
  }
}
