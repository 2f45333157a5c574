package tweedie.driver.sample;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.driver.run.SampleDirectory;
import tweedie.sample.picture.AnimatedGrid;
import tweedie.sample.picture.ChainStrip;
import tweedie.sample.picture.ImageGrid;

/**
 * The pictures of a directory of samples: {@code grid.png}, how chains form over the noise levels
 * or jumps in {@code strip.png}, and on request the same in {@code chains.gif}.
 *
 * @param walkingChains number of chains of a walk; 0 where every sample is a chain
 */
record SamplePictures(
    SampleDirectory directory, ImageShape shape, int walkingChains, Configuration conf) {

  private static final Logger LOG = LoggerFactory.getLogger(SamplePictures.class);
  private static final int IMAGES_IN_GRID = 100;
  private static final int SCALE = 2;
  private static final int ROWS = 8;
  private static final int COLUMNS = 12;
  private static final int FRAME = 12;
  private static final int LAST_FRAME = 200;
  private static final int FRAMES_OF_A_WALK = 30;

  /**
   * Draws at most so many samples, those with the lowest numbers, class by class; null if there is
   * none.
   */
  Path grid(int count) throws IOException {
    List<LabeledImage> images =
        directory.first(Math.min(IMAGES_IN_GRID, count), walkingChains, conf);
    if (images.isEmpty()) {
      return null;
    }
    List<LabeledImage> byClass =
        images.stream().sorted(Comparator.comparingInt(LabeledImage::label)).toList();
    directory.write(
        "grid.png", new ImageGrid(shape, SCALE).png(ImageRows.doubles(ImageRows.of(byClass))));
    return new Path(directory.path(), "grid.png");
  }

  /** Draws how the first chains form. */
  void strip() throws IOException {
    ChainStrip strip = new ChainStrip(shape, SCALE);
    List<double[]> jumps = walkingChains > 0 ? jumps(ROWS) : List.of();
    if (!jumps.isEmpty()) {
      directory.write("strip.png", strip.png(some(jumps)));
      return;
    }
    List<double[]> x = some(ChainFrames.read(directory, "x", conf));
    if (!x.isEmpty()) {
      List<double[]> denoised = some(ChainFrames.read(directory, "denoised", conf));
      if (denoised.size() != x.size()) {
        throw new DataException(
            "%s/frames holds %d levels of x and %d of denoised images; delete it, and strip.png is left out"
                .formatted(directory.path(), x.size(), denoised.size()));
      }
      directory.write("strip.png", strip.png(rows(x), rows(denoised)));
    }
  }

  /** Draws the first chains one noise level, or jump, after the other. */
  void animation() throws IOException {
    List<double[]> frames =
        walkingChains > 0 ? jumps(walkingChains) : ChainFrames.read(directory, "x", conf);
    if (frames.isEmpty()) {
      LOG.warn("{} has no frames to animate", directory.path());
      return;
    }
    AnimatedGrid animation = new AnimatedGrid(new ImageGrid(shape, SCALE), FRAME, LAST_FRAME);
    directory.write("chains.gif", animation.gif(frames));
  }

  /** The jumps of the first chains, as long as all of them have made them: [jump][chain, d]. */
  private List<double[]> jumps(int most) throws IOException {
    int chains = Math.min(most, walkingChains);
    TreeMap<Long, List<LabeledImage>> byJump =
        directory.first(walkingChains * FRAMES_OF_A_WALK, walkingChains, conf).stream()
            .filter(image -> image.id() % walkingChains < chains)
            .collect(
                Collectors.groupingBy(
                    image -> image.id() / walkingChains, TreeMap::new, Collectors.toList()));
    return byJump.values().stream()
        .filter(images -> images.size() == byJump.firstEntry().getValue().size())
        .map(images -> ImageRows.doubles(ImageRows.of(images)))
        .toList();
  }

  /** As many levels as fit beside each other. */
  private static List<double[]> some(List<double[]> levels) {
    return levels.isEmpty()
        ? levels
        : Arrays.stream(ChainStrip.columns(levels.size(), COLUMNS)).mapToObj(levels::get).toList();
  }

  /** As many chains as fit below each other. */
  private List<double[]> rows(List<double[]> levels) {
    int length = ROWS * shape.dimension();
    return levels.stream()
        .map(level -> level.length > length ? Arrays.copyOf(level, length) : level)
        .toList();
  }
}
