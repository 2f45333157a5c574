package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.scheduler.TaskLocation;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Adam;
import scala.collection.JavaConverters;
import tweedie.LocalSpark;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.PackedShard;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;
import tweedie.train.round.KeptShards.Place;

class KeptShardsTest {

  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final NetworkSettings NETWORK = Trained.network();

  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]")
          .with("spark.hadoop.fs.counting.impl", CountingFileSystem.class.getName());

  @TempDir Path directory;

  /** The local file system under the scheme {@code counting:}, which counts opened files. */
  public static final class CountingFileSystem extends RawLocalFileSystem {

    @Override
    public URI getUri() {
      return URI.create("counting:///");
    }

    @Override
    public String getScheme() {
      return "counting";
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
      OPENED.incrementAndGet();
      return super.open(file, buffer);
    }
  }

  private static List<Shard> counted(List<Shard> shards) {
    return shards.stream()
        .map(shard -> new Shard(shard.path().replace("file:", "counting:"), shard.images()))
        .toList();
  }

  private static RoundMaster master(TrainSettings settings) {
    return new RoundMaster(
        Trained.initial(NETWORK), NETWORK, settings, 60, SPARK.context().sc().longAccumulator());
  }

  /** Trains so many rounds; how many files each opened. */
  private static List<Integer> opened(
      RoundMaster master, TrainSettings settings, List<Shard> shards, Place place, int rounds) {
    List<Integer> opened = new ArrayList<>();
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
    try (KeptShards kept = Trained.kept(SPARK.context(), shards, place)) {
      model.init();
      SparkDl4jMultiLayer trainer = new SparkDl4jMultiLayer(SPARK.context(), model, master);
      for (int round = 0; round < rounds; round++) {
        OPENED.set(0);
        master.train(trainer, RoundPlan.next(settings, master.state(), shards), kept);
        opened.add(OPENED.get());
      }
    } finally {
      DenoiserLayer.free(model);
    }
    return opened;
  }

  @ParameterizedTest
  @EnumSource(names = {"MEMORY", "DISK"})
  void aFileThatIsKeptIsOpenedOnceAndTheBitsAreTheSame(Place place) throws IOException {
    List<Shard> shards = counted(Trained.shards(directory, 4, 5, 3, 6, 2));
    int once =
        opened(master(Trained.settings(3)), Trained.settings(3), shards, Place.NONE, 1).get(0);
    assertThat(once).isGreaterThanOrEqualTo(5);
    for (int every : new int[] {0, 1}) {
      TrainSettings settings = Trained.withAveraging(Trained.settings(3), Trained.meanEvery(every));
      RoundMaster read = master(settings);
      RoundMaster kept = master(settings);
      List<Integer> whenRead = opened(read, settings, shards, Place.NONE, 6);
      List<Integer> whenKept = opened(kept, settings, shards, place, 6);
      assertThat(whenRead).allMatch(files -> files > 0);
      assertThat(whenKept.stream().mapToInt(files -> files).sum()).isEqualTo(once);
      assertThat(whenKept.get(every == 0 ? 1 : 5)).isZero();
      assertThat(kept.state().epoch()).isPositive();
      assertThat(kept.state()).usingRecursiveComparison().isEqualTo(read.state());
    }
    assertThat(SPARK.context().getPersistentRDDs()).as("what is kept after training").isEmpty();
  }

  @Test
  void sparkIsToldWhichMachinesAreNear() {
    List<Shard> shards =
        List.of(new Shard("a", 3, List.of("n1", "n2")), new Shard("b", 3, List.of("n3")));
    TrainingState state = Trained.initial(NETWORK);
    RoundPlan plan = RoundPlan.next(Trained.settings(2), state, shards);
    List<List<String>> near =
        plan.shares().stream()
            .map(share -> share.shards().get(0).equals("a") ? List.of("n1", "n2") : List.of("n3"))
            .toList();
    assertThat(preferred(plan.paths(SPARK.context()))).isEqualTo(near);
    try (KeptShards kept = Trained.kept(SPARK.context(), shards, Place.MEMORY)) {
      assertThat(preferred(kept.dealt(plan))).isEqualTo(near);
    }
  }

  /** Where Spark's scheduler would have the task of each partition. */
  private static List<List<String>> preferred(JavaRDD<?> rdd) {
    return IntStream.range(0, rdd.getNumPartitions())
        .mapToObj(
            i -> JavaConverters.seqAsJavaList(SPARK.context().sc().getPreferredLocs(rdd.rdd(), i)))
        .map(locations -> locations.stream().map(TaskLocation::host).toList())
        .toList();
  }

  @Test
  void packedImagesAreTheSame() throws IOException {
    float[] bytes = new float[256 * 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (i % 256) / 255f;
    }
    ImageShape shape = new ImageShape(16, 16, 3);
    List<LabeledImage> images =
        List.of(
            new LabeledImage(7, 3, shape, bytes), new LabeledImage(8, -1, shape, bytes.clone()));
    images.get(1).pixels()[5] = Math.nextUp(bytes[5]);
    Shard shard = Trained.shard(directory, "part-00000", images);
    PackedShard packed = PackedShard.of(shard.path(), images.iterator());
    Iterator<ShardImages> unpacked = ShardImages.unpacked(List.of(packed).iterator());
    Iterator<ShardImages> read =
        ShardImages.read(List.of(shard.path()).iterator(), new Configuration());
    assertThat(unpacked.next()).usingRecursiveComparison().isEqualTo(read.next());
    assertThat(unpacked).isExhausted();
  }

  @ParameterizedTest
  @ValueSource(floats = {-0f, Float.NaN, 1.0001f, -1 / 255f, 256 / 255f})
  void valuesThatAreNotThoseOfBytesStayAsTheyAre(float value) {
    List<LabeledImage> images = Trained.images(0, 2);
    images.get(0).pixels()[0] = value;
    float[] unpacked = PackedShard.of("shard", images.iterator()).images().get(0).pixels();
    assertThat(Float.floatToRawIntBits(unpacked[0])).isEqualTo(Float.floatToRawIntBits(value));
    assertThat(unpacked).isEqualTo(images.get(0).pixels());
  }
}
