package tweedie.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.source.Sources;

class ClassesTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");

  @TempDir java.nio.file.Path temporary;

  @Test
  void labelsAreThoseOfAllShards() throws IOException {
    shard(0, 3, 1);
    shard(1, 7);
    shard(2);
    shard(3, 0, 2);
    assertThat(open().labels()).isEqualTo(new LabelRange(0, 7));
    assertThat(open().classes()).isEqualTo(8);
  }

  @Test
  void withoutLabelsThereAreNoClasses() throws IOException {
    shard(0, -1, -1);
    shard(1, -1);
    ClassNames.write(directory(), List.of("cat"), Sources.CONF);
    assertThat(open().labels()).isEqualTo(new LabelRange(-1, -1));
    assertThat(open().classes()).isZero();
  }

  @Test
  void imagesWithAndWithoutLabelsAreRefusedTogether() throws IOException {
    shard(0, 2, 1);
    shard(1, -1);
    ShardedData data = open();
    assertThat(data.labels()).isEqualTo(new LabelRange(-1, 2));
    refused(
        data,
        "Some images of %s have a label and others none; import them again with labels for all,"
            + " or for none");
  }

  @Test
  void labelsThatAreNoNumbersOfClassesAreRefused() throws IOException {
    shard(0, 0, Integer.MAX_VALUE);
    refused(open(), "%s has the label 2147483647; classes are numbered from 0 and at most 10000");
    Files.delete(temporary.resolve("part-00000.parquet"));
    shard(1, -7, 3);
    refused(open(), "%s has the label -7; classes are numbered from 0 and at most 10000");
  }

  @Test
  void labelsThatTheFooterDoesNotSayAreRefusedWhenTheyAreAskedFor() throws IOException {
    SPARK
        .session()
        .sql(
            "select 0L id, cast(null as int) label, 1 height, 1 width, 2 channels,"
                + " array(1f, 2f) pixels")
        .write()
        .parquet(temporary.resolve("strange").toString());
    ShardedData data =
        ShardedData.open(new Path(temporary.resolve("strange").toString()), Sources.CONF);
    assertThat(data.images()).isEqualTo(1);
    assertThatThrownBy(data::labels)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The footer of %s does not say between which labels those of its images lie; import them again"
                .formatted(data.shards().get(0).path()));
  }

  @Test
  void namesAreKeptBesideTheShards() throws IOException {
    shard(0, 0, 1);
    String fingerprint = open().fingerprint();
    assertThat(open().classNames()).isEmpty();
    List<String> names = List.of("cat", "größe, \"groß\"", "dog");
    ClassNames.write(directory(), names, Sources.CONF);
    assertThat(open().classNames()).isEqualTo(names);
    assertThat(open().classes()).as("a name without images is a class too").isEqualTo(3);
    assertThat(open().fingerprint()).isEqualTo(fingerprint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none                         | it holds no JSON
          {}                           | it has no classes
          {"classes": ["a", null]}     | it has no classes
          {"classes": ["a", "b", "a"]} | classes has a name twice
          {"classes": "a"}             | classes is wrong
          """)
  void damagedNamesAreRefusedWhenTheyAreAskedFor(String text, String why) throws IOException {
    shard(0, 0, 1);
    Files.writeString(temporary.resolve("_classes.json"), text);
    ShardedData data = open();
    assertThatThrownBy(data::classNames)
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("_classes.json is damaged: ", why);
  }

  private static void refused(ShardedData data, String sentence) {
    String directory = new Path(data.shards().get(0).path()).getParent().toUri().getPath();
    assertThatThrownBy(data::classes)
        .isInstanceOf(DataException.class)
        .hasMessage(sentence.formatted(directory));
  }

  private Path directory() {
    return new Path(temporary.toString());
  }

  private ShardedData open() throws IOException {
    return ShardedData.open(directory(), Sources.CONF);
  }

  private void shard(int number, int... labels) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (int label : labels) {
      images.add(
          new LabeledImage(
              10L * number + images.size(), label, new ImageShape(1, 1, 2), new float[] {1, 2}));
    }
    Path file = new Path(directory(), "part-0000%d.parquet".formatted(number));
    ShardWriter.write(file, images, Sources.CONF);
  }
}
