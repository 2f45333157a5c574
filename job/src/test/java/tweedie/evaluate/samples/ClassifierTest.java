package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardWriter;
import tweedie.evaluate.Estimate;
import tweedie.network.ClassNetwork;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class ClassifierTest {

  private static final Configuration HADOOP = new Configuration();
  private static final ImageShape SHAPE = new ImageShape(7, 6, 2);
  private static final ClassNetwork.Settings SETTINGS =
      new ClassNetwork.Settings(SHAPE, 3, 0.5, 0.3);

  @TempDir Path temporary;

  /** Noise in which a bright column of the second channel is the class. */
  private static LabeledImage image(long id) {
    Draws draws = Draws.of(1, Purpose.NOISE, id, 0);
    int label = draws.below(3);
    float[] pixels = new float[SHAPE.dimension()];
    for (int j = 0; j < pixels.length; j++) {
      boolean column = j % 2 == 1 && j / 2 % 6 == 2 * label;
      pixels[j] = (float) (draws.uniform(0, 0.6) + (column ? 0.4 : 0));
    }
    return new LabeledImage(id, label, SHAPE, pixels);
  }

  private List<Shard> shards(int shards, int images) throws IOException {
    List<Shard> written = new ArrayList<>();
    for (int s = 0; s < shards; s++) {
      List<LabeledImage> content = new ArrayList<>();
      for (int i = 0; i < images; i++) {
        content.add(image((long) s * images + i));
      }
      String file = temporary.resolve("part-0000%d.parquet".formatted(s)).toString();
      ShardWriter.write(new org.apache.hadoop.fs.Path(file), content, HADOOP);
      written.add(new Shard(file, images));
    }
    return written;
  }

  private static Classifier train(List<Shard> shards, long seed) throws IOException {
    return Classifier.train(SETTINGS, "print", shards, seed, HADOOP, seen -> {});
  }

  @Test
  void learnsClassesAndKnowsHowWell() throws IOException {
    List<Shard> shards = shards(3, 100);
    AtomicLong seen = new AtomicLong();
    Classifier classifier = Classifier.train(SETTINGS, "print", shards, 1, HADOOP, seen::addAndGet);
    assertThat(seen.get()).isEqualTo(Classifier.imagesToSee(shards)).isBetween(11_900L, 12_000L);
    assertThat(classifier.accuracy().estimate().value()).isGreaterThan(0.9);
    assertThat(classifier.accuracy().images()).isBetween(15, 50);
    LabeledImage fresh = image(1_000_000);
    Classified said = classifier.classify(fresh.pixels());
    assertThat(said.labels()).containsExactly(fresh.label());
    assertThat(said.confidence(0)).isBetween(0.5, 1.0);
    assertThat(said.entropy(0)).isBetween(0.0, 0.7);
    assertThat(said.features()).hasSize(ClassNetwork.FEATURES);
  }

  @Test
  void hangsOnTheSeedAlone() throws IOException {
    List<Shard> shards = shards(2, 40);
    float[] image = image(77).pixels();
    float[] first = train(shards, 5).classify(image).probabilities();
    assertThat(train(shards, 5).classify(image).probabilities()).isEqualTo(first);
    assertThat(train(shards, 6).classify(image).probabilities()).isNotEqualTo(first);
  }

  @Test
  void isTheSameWhenReadAgain() throws IOException {
    FileSystem files = FileSystem.getLocal(HADOOP);
    var directory = new org.apache.hadoop.fs.Path(temporary.resolve("classifier").toString());
    assertThat(Classifier.load(files, directory)).isEmpty();
    Classifier classifier = train(shards(2, 40), 1);
    classifier.save(files, directory);
    Classifier read = Classifier.load(files, directory).orElseThrow();
    float[] image = image(3).pixels();
    assertThat(read.classify(image).features()).isEqualTo(classifier.classify(image).features());
    assertThat(read.accuracy()).isEqualTo(classifier.accuracy());
    assertThat(read.data()).isEqualTo("print");
  }

  @Test
  void aDamagedOneIsNotUsed() throws IOException {
    FileSystem files = FileSystem.getLocal(HADOOP).getRawFileSystem();
    Path directory = temporary.resolve("classifier");
    var path = new org.apache.hadoop.fs.Path(directory.toString());
    train(shards(2, 40), 1).save(files, path);
    Path weights = directory.resolve("parameters.npy");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(whole, whole.length - 4));
    assertThatThrownBy(() -> Classifier.load(files, path))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("The classifier in " + path + " is damaged: ")
        .hasMessageEndingWith("Remove the directory; it is trained again.");
  }

  @Test
  void accuracyHasWilsonsInterval() {
    // Wilson 1927: (p + z^2/2n -/+ z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n)
    Estimate accuracy = new Accuracy(98, 100).estimate();
    assertThat(accuracy.value()).isEqualTo(0.98);
    assertThat(accuracy.low()).isCloseTo(0.93000, within(1e-4));
    assertThat(accuracy.high()).isCloseTo(0.99448, within(1e-4));
  }

  @Test
  void entropyIsThatOfTheProbabilities() {
    Classified said =
        new Classified(
            2, new float[] {1, 0, 0.5f, 0.5f, 0.25f, 0.75f}, new float[3 * ClassNetwork.FEATURES]);
    assertThat(said.labels()).containsExactly(0, 0, 1);
    assertThat(said.entropy(0)).isZero();
    assertThat(said.entropy(1)).isCloseTo(Math.log(2), within(1e-12));
    assertThat(said.confidence(2)).isEqualTo(0.75);
  }
}
