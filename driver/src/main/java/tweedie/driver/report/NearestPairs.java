package tweedie.driver.report;

import tweedie.data.ImageRows;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.page.Numbers;
import tweedie.driver.page.Picture;
import tweedie.driver.run.SampleDirectory;
import tweedie.sample.picture.ImageGrid;

/**
 * The samples that lie nearest to training images, as a report shows them.
 *
 * @param about how near they are
 * @param pictures of these samples and, below each, of its training image; null where they are no
 *     pictures or not there
 */
record NearestPairs(String about, Picture pictures) {

  /**
   * The pairs that {@code evaluate --what samples} named; empty where it named none.
   *
   * @param set what it wrote
   * @param samples of the set
   * @param training where the training data are
   */
  static Optional<NearestPairs> of(
      JsonNode set, SampleDirectory samples, Path training, Configuration hadoop)
      throws IOException {
    JsonNode pairs = set.path("nearest");
    if (!pairs.isArray() || pairs.isEmpty()) {
      return Optional.empty();
    }
    String about =
        "The %d samples nearest to a training image are %s to %s away from it (Euclidean distance of pixels in [0, 1]).%s"
            .formatted(
                pairs.size(),
                Numbers.text(pairs.path(0).path("distance").asDouble()),
                Numbers.text(pairs.path(pairs.size() - 1).path("distance").asDouble()),
                ofAll(set.path("metrics")));
    Picture pictures = null;
    try {
      pictures = pictures(pairs, samples, ShardedData.open(training, hadoop), hadoop);
    } catch (DataException e) {
      about += " They cannot be shown: " + e.getMessage();
    }
    return Optional.of(new NearestPairs(about, pictures));
  }

  private static Picture pictures(
      JsonNode pairs, SampleDirectory samples, ShardedData training, Configuration hadoop)
      throws IOException {
    ImageShape shape = training.shape();
    if (!shape.picture() || !samples.files().exists(samples.path())) {
      return null;
    }
    int last = 0;
    for (JsonNode pair : pairs) {
      last = Math.max(last, pair.path("sample").asInt());
    }
    List<LabeledImage> drawn = samples.first(last + 1, 0, hadoop);
    List<LabeledImage> above = new ArrayList<>();
    List<LabeledImage> below = new ArrayList<>();
    for (JsonNode pair : pairs) {
      int sample = pair.path("sample").asInt();
      Optional<LabeledImage> image = image(training, pair.path("training_image").asLong(), hadoop);
      if (image.isPresent() && sample < drawn.size() && drawn.get(sample).shape().equals(shape)) {
        above.add(drawn.get(sample));
        below.add(image.get());
      }
    }
    int columns = above.size();
    above.addAll(below);
    return columns == 0
        ? null
        : new Picture(
            new ImageGrid(shape, 1).png(ImageRows.doubles(ImageRows.of(above)), columns),
            "samples and, below each, the nearest training image");
  }

  private static String ofAll(JsonNode metrics) {
    for (JsonNode metric : metrics) {
      if (metric.path("metric").asText().equals("mean distance")) {
        return " The mean is %s for samples and %s for real images that were not trained on."
            .formatted(
                ReportEvaluation.text(metric.path("samples")),
                ReportEvaluation.text(metric.path("real")));
      }
    }
    return "";
  }

  /** The image of this number, where an import put it: shards hold numbers in rising order. */
  private static Optional<LabeledImage> image(ShardedData data, long id, Configuration hadoop)
      throws IOException {
    long before = 0;
    for (Shard shard : data.shards()) {
      if (id < before + shard.images()) {
        try (ShardReader reader = ShardReader.open(shard, hadoop)) {
          while (reader.hasNext()) {
            LabeledImage image = reader.next();
            if (image.id() == id) {
              return Optional.of(image);
            }
          }
        }
        return Optional.empty();
      }
      before += shard.images();
    }
    return Optional.empty();
  }
}
