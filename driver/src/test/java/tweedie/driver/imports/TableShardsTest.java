package tweedie.driver.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tweedie.LocalSpark;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.Shard;
import tweedie.driver.table.ImageSize;
import tweedie.driver.table.TableImages;
import tweedie.train.PackedShard;

class TableShardsTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("image", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("label", DataTypes.IntegerType);

  /** What is added to the pixels of all rows when they are read. */
  private static final AtomicInteger BRIGHTER = new AtomicInteger();

  private static final AtomicInteger READ = new AtomicInteger();

  @BeforeEach
  void asItWas() {
    BRIGHTER.set(0);
  }

  /** Ten images of 2x2 in three partitions, for shards of four. */
  private static TableShards shards() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      numbers.add(i);
    }
    JavaRDD<Row> rows = SPARK.context().parallelize(numbers, 3).map(TableShardsTest::row);
    return TableShards.of(
        SPARK.context(),
        "numbers",
        TableImages.of(
            SPARK.session().createDataFrame(rows, SCHEMA),
            new TableImages.Wanted(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ImageSize(2, 2)),
                Optional.empty())),
        4);
  }

  private static Row row(int i) {
    READ.incrementAndGet();
    int pixel = 10 * i + BRIGHTER.get();
    return RowFactory.create(i, new Integer[] {pixel, pixel, pixel, 0}, i % 3);
  }

  private static List<LabeledImage> images(JavaRDD<LabeledImage> read) {
    return read
        .mapPartitions(images -> List.of(PackedShard.of("", images)).iterator())
        .collect()
        .stream()
        .flatMap(shard -> shard.images().stream())
        .toList();
  }

  /** What happens when an executor is lost with all that it had on its disks. */
  private static void loseShuffles() {
    for (int id = 0; id < 1000; id++) {
      SPARK.context().sc().cleaner().get().doCleanupShuffle(id, true);
    }
  }

  @Test
  void imagesHaveTheirPlacesInTheTableAndNothingIsReadTwice() throws IOException {
    TableShards shards = shards();
    assertThat(shards.shards()).extracting(Shard::images).containsExactly(4L, 4L, 2L);
    assertThat(shards.shards().get(2).path()).isEqualTo("shard 2 of numbers");
    assertThat(shards.shape()).isEqualTo(new ImageShape(2, 2, 1));
    assertThat(shards.classes()).isEqualTo(3);
    READ.set(0);
    JavaRDD<LabeledImage> read = shards.read(SPARK.context());
    assertThat(read.getNumPartitions()).isEqualTo(3);
    List<LabeledImage> images = images(read);
    for (int i = 0; i < 10; i++) {
      assertThat(images.get(i).id()).isEqualTo(i);
      assertThat(images.get(i).label()).isEqualTo(i % 3);
      assertThat(images.get(i).pixels()[1]).isEqualTo(10 * i / 255f);
    }
    DataStatistics statistics = DataStatistics.of(SPARK.context(), shards);
    assertThat(statistics.images()).isEqualTo(10);
    assertThat(statistics.fingerprint()).isEqualTo(shards.fingerprint());
    assertThat(READ).as("rows read after the first time").hasValue(0);
    assertThat(SPARK.context().getPersistentRDDs()).isEmpty();
  }

  @Test
  void whatIsLostWithAnExecutorIsReadAgain() throws IOException {
    TableShards shards = shards();
    List<LabeledImage> before = images(shards.read(SPARK.context()));
    READ.set(0);
    loseShuffles();
    assertThat(images(shards.read(SPARK.context()))).usingRecursiveComparison().isEqualTo(before);
    assertThat(READ).hasPositiveValue();
  }

  @Test
  void aTableThatIsAnotherWhenItIsReadAgainIsRefused() throws IOException {
    TableShards shards = shards();
    loseShuffles();
    BRIGHTER.set(1);
    JavaRDD<LabeledImage> read = shards.read(SPARK.context());
    assertThatThrownBy(() -> images(read))
        .hasStackTraceContaining(
            "numbers gives other rows, or in another order, each time it is read: import it");
  }
}
