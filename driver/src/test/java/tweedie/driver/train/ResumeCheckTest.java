package tweedie.driver.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.train.TrainRequest.Changes;
import tweedie.train.checkpoint.TrainedData;

class ResumeCheckTest {

  private static final ImageShape SHAPE = new ImageShape(1, 1, 2);

  @TempDir private java.nio.file.Path temporary;
  private ShardedData data;

  @BeforeEach
  void write() throws IOException {
    data = data("data", 1, 2);
  }

  private ShardedData data(String name, float... pixels) throws IOException {
    Path directory = new Path(temporary.resolve(name).toString());
    ShardWriter.write(
        new Path(directory, "part-00000.parquet"),
        List.of(new LabeledImage(0, -1, SHAPE, pixels)),
        new Configuration());
    return ShardedData.open(directory, new Configuration());
  }

  private static LoadedSettings settings(String... overrides) {
    return SettingsLoader.load(Optional.empty(), List.of(overrides));
  }

  private static TrainedData trainedOn(String fingerprint) {
    DataStatistics statistics =
        new DataStatistics(1, new double[2], 0.5, 0.5, 0.25, 0, List.of(), "");
    return new TrainedData(fingerprint, 1, SHAPE, statistics);
  }

  private void check(Changes changes, TrainedData trained, String... settings) {
    new ResumeCheck(new TrainRequest(new Path("run"), settings(settings), changes))
        .check(new ConfigText("before", settings().resolved()), Optional.of(trained), data);
  }

  @Test
  void theSameDataAreTheSameByContentAndAsEarlierVersionsSaidIt() {
    for (String fingerprint : List.of(data.fingerprint(), data.fingerprintOfFiles())) {
      assertThatCode(() -> check(Changes.REFUSE, trainedOn(fingerprint)))
          .as(fingerprint)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void otherDataOfTheSameLengthAreRefused() throws IOException {
    ShardedData other = data("other", 2, 1);
    assertThatThrownBy(() -> check(Changes.ALLOW, trainedOn(other.fingerprint())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "tweedie.data.path",
            "holds other data, 1 images of 1x1x2 in 1 shards (fingerprint %.12s)"
                .formatted(data.fingerprint()),
            "than the rounds so far were trained on, 1 images of 1x1x2 in 1 shards (fingerprint"
                + " %.12s); name another --run for it".formatted(other.fingerprint()));
  }

  @Test
  void otherDataThanAnEarlierVersionWasTrainedOnAreRefused() {
    assertThatThrownBy(() -> check(Changes.ALLOW, trainedOn("3f2a")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "(fingerprint %.12s)".formatted(data.fingerprintOfFiles()), "(fingerprint 3f2a)");
  }

  @Test
  void everyRefusalIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                check(
                    Changes.REFUSE,
                    trainedOn("3f2a"),
                    "tweedie.train.learning-rate=0.5",
                    "tweedie.seed=77",
                    "tweedie.train.epochs=1234"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "tweedie.seed = 77 was 1 in the rounds so far and has to stay",
            "tweedie.train.learning-rate = 0.5 was",
            "add --allow-change if further rounds are to be trained otherwise",
            "holds other data")
        .hasMessageNotContaining("epochs");
  }

  @Test
  void whatCanChangeIsAllowedOnRequest() {
    assertThatCode(
            () ->
                check(
                    Changes.ALLOW,
                    trainedOn(data.fingerprint()),
                    "tweedie.train.learning-rate=0.5"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> check(Changes.ALLOW, trainedOn(data.fingerprint()), "tweedie.seed=77"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("name another --run");
  }
}
