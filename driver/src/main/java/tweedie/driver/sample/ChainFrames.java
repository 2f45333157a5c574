package tweedie.driver.sample;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardWriter;
import tweedie.driver.run.SampleDirectory;
import tweedie.sample.LevelEnd;
import tweedie.sample.LevelObserver;
import tweedie.sample.picture.ChainStrip;

/**
 * How the first chains form over the noise levels: positions x and denoised images D at some of the
 * levels, in a file of their own until the pictures are drawn from it.
 */
final class ChainFrames implements LevelObserver {

  /** At most so many chains and levels are kept... */
  private static final int CHAINS = 16;

  private static final int LEVELS = 30;

  /** ...as long as they have no more values than this. */
  private static final int VALUES = 4_000_000;

  private final ImageShape shape;
  private final SortedSet<Integer> levels;
  private final int chains;
  private final List<LabeledImage> positions = new ArrayList<>();
  private final List<LabeledImage> denoised = new ArrayList<>();

  /** Keeps some of so many levels, in equal distances, the first and the last among them. */
  ChainFrames(ImageShape shape, int count) {
    this.shape = shape;
    this.levels =
        Arrays.stream(ChainStrip.columns(count, LEVELS))
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new));
    int most = VALUES / (2 * levels.size() * shape.dimension());
    this.chains = Math.max(1, Math.min(CHAINS, most));
  }

  @Override
  public void levelDone(LevelEnd end) {
    if (levels.contains(end.level())) {
      for (int i = 0; i < end.chains().length && end.chains()[i] < chains; i++) {
        positions.add(image(end, i, end.after()));
        denoised.add(image(end, i, end.last().denoised()));
      }
    }
  }

  /** Row i as an image whose id is the chain's and whose label is the level's. */
  private LabeledImage image(LevelEnd end, int i, double[] rows) {
    double[] row = ImageRows.row(rows, i, shape.dimension());
    return new LabeledImage(end.chains()[i], end.level(), shape, ImageRows.floats(row));
  }

  /** Writes the frames of this batch, if it has chains whose frames are kept. */
  void write(String directory, long first, Configuration conf) throws IOException {
    if (!positions.isEmpty()) {
      ShardWriter.write(file(directory, "x", first), positions, conf);
      ShardWriter.write(file(directory, "denoised", first), denoised, conf);
    }
  }

  private static Path file(String directory, String what, long first) {
    return new Path(directory, "frames/%s-%09d.parquet".formatted(what, first));
  }

  /**
   * The frames of a directory of samples: of every kept level, the images of all kept chains end to
   * end. Chains that were stopped stay where the sampler parked them.
   *
   * @param what {@code "x"} or {@code "denoised"}
   */
  static List<double[]> read(SampleDirectory directory, String what, Configuration conf)
      throws IOException {
    Map<Integer, Map<Long, LabeledImage>> levels = new TreeMap<>();
    for (FileStatus file :
        ResultFiles.found(
            directory.files(), directory.path(), "frames/%s-*.parquet".formatted(what))) {
      try (ShardReader images = ShardReader.open(new Shard(file.getPath().toString(), 0), conf)) {
        images.forEachRemaining(
            image ->
                levels
                    .computeIfAbsent(image.label(), level -> new TreeMap<>())
                    .put(image.id(), image));
      }
    }
    return levels.values().stream()
        .map(level -> ImageRows.doubles(ImageRows.of(level.values())))
        .toList();
  }
}
