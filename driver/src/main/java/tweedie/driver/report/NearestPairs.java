package tweedie.driver.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.samples.Quantity;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.evaluate.samples.SamplesResult.Nearest;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.PagePicture;
import tweedie.driver.run.SampleDirectory;
import tweedie.sample.picture.ImageGrid;

/**
 * The samples that lie nearest to training images, as a report shows them.
 *
 * @param about how near they are
 * @param pictures of these samples and, below each, of its training image; null where they are no
 *     pictures or not there
 */
record NearestPairs(String about, PagePicture pictures) {

  /**
   * The pairs that {@code evaluate --what samples} named; empty where it named none.
   *
   * @param set what it wrote
   * @param samples of the set
   * @param training where the training data are
   */
  static Optional<NearestPairs> of(
      SamplesResult set, SampleDirectory samples, Path training, Configuration hadoop)
      throws IOException {
    List<Nearest> pairs = set.nearest();
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    String about =
        "The %d samples nearest to a training image are %s to %s away from it (Euclidean distance of pixels in [0, 1]).%s"
            .formatted(
                pairs.size(),
                NumberText.text(pairs.get(0).distance()),
                NumberText.text(pairs.get(pairs.size() - 1).distance()),
                ofAll(set));
    PagePicture pictures = null;
    try {
      pictures = pictures(pairs, samples, ShardedData.open(training, hadoop), hadoop);
    } catch (DataException e) {
      about += " They cannot be shown: " + e.getMessage();
    }
    return Optional.of(new NearestPairs(about, pictures));
  }

  private static PagePicture pictures(
      List<Nearest> pairs, SampleDirectory samples, ShardedData training, Configuration hadoop)
      throws IOException {
    ImageShape shape = training.shape();
    if (!shape.picture() || !samples.files().exists(samples.path())) {
      return null;
    }
    int last = pairs.stream().mapToInt(Nearest::sample).max().orElse(0);
    List<LabeledImage> drawn = samples.first(last + 1, 0, hadoop);
    List<LabeledImage> above = new ArrayList<>();
    List<LabeledImage> below = new ArrayList<>();
    for (Nearest pair : pairs) {
      int sample = pair.sample();
      Optional<LabeledImage> image = image(training, pair.trainingImage(), hadoop);
      if (image.isPresent() && sample < drawn.size() && drawn.get(sample).shape().equals(shape)) {
        above.add(drawn.get(sample));
        below.add(image.get());
      }
    }
    int columns = above.size();
    above.addAll(below);
    return columns == 0
        ? null
        : new PagePicture(
            new ImageGrid(shape, 1).png(ImageRows.doubles(ImageRows.of(above)), columns),
            "samples and, below each, the nearest training image");
  }

  private static String ofAll(SamplesResult set) {
    return set.metrics().stream()
        .filter(metric -> metric.metric() == Quantity.MEAN_DISTANCE)
        .findFirst()
        .map(
            metric ->
                " The mean is %s for samples and %s for real images that were not trained on."
                    .formatted(
                        Point.of(0, metric.samples()).text(), Point.of(0, metric.real()).text()))
        .orElse("");
  }

  /** The image of this number, where an import put it: shards hold numbers in rising order. */
  private static Optional<LabeledImage> image(ShardedData data, long id, Configuration hadoop)
      throws IOException {
    long before = 0;
    for (Shard shard : data.shards()) {
      before += shard.images();
      if (id < before) {
        try (ShardReader reader = ShardReader.open(shard, hadoop)) {
          while (reader.hasNext()) {
            LabeledImage image = reader.next();
            if (image.id() == id) {
              return Optional.of(image);
            }
          }
        }
        break;
      }
    }
    return Optional.empty();
  }
}
