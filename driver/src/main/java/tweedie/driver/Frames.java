package tweedie.driver;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.ShardWriter;
import tweedie.sample.LevelEnd;
import tweedie.sample.LevelObserver;

/**
 * How the first chains form over the noise levels: positions x and denoised images D at some of the
 * levels, in a file of their own until the pictures are drawn from it.
 */
final class Frames implements LevelObserver {

  /** At most so many chains and levels are kept... */
  private static final int CHAINS = 16;

  private static final int LEVELS = 30;

  /** ...as long as they have no more values than this. */
  private static final int VALUES = 4_000_000;

  private final Plan plan;
  private final List<LabeledImage> positions = new ArrayList<>();
  private final List<LabeledImage> denoised = new ArrayList<>();

  Frames(Plan plan) {
    this.plan = plan;
  }

  /**
   * Which frames are kept.
   *
   * @param shape of an image
   * @param chains those with a lower number
   * @param levels indices of the noise levels
   */
  record Plan(ImageShape shape, int chains, SortedSet<Integer> levels) implements Serializable {

    /** Levels in equal distances, the first and the last among them. */
    static Plan of(ImageShape shape, int count) {
      TreeSet<Integer> levels = new TreeSet<>();
      int frames = Math.min(LEVELS, count);
      for (int i = 0; i < frames; i++) {
        levels.add(frames == 1 ? 0 : (int) Math.round(i * (count - 1.0) / (frames - 1)));
      }
      int most = VALUES / (2 * levels.size() * shape.dimension());
      return new Plan(shape, Math.max(1, Math.min(CHAINS, most)), levels);
    }
  }

  @Override
  public void levelDone(LevelEnd end) {
    if (plan.levels().contains(end.level())) {
      for (int i = 0; i < end.chains().length && end.chains()[i] < plan.chains(); i++) {
        positions.add(image(end, i, end.after()));
        denoised.add(image(end, i, end.last().denoised()));
      }
    }
  }

  /** Row i as an image whose id is the chain's and whose label is the level's. */
  private LabeledImage image(LevelEnd end, int i, double[] rows) {
    int d = plan.shape().dimension();
    float[] pixels = new float[d];
    for (int j = 0; j < d; j++) {
      pixels[j] = (float) rows[i * d + j];
    }
    return new LabeledImage(end.chains()[i], end.level(), plan.shape(), pixels);
  }

  /** Writes the frames of this batch, if it has chains whose frames are kept. */
  void write(String directory, long first, Configuration conf) throws IOException {
    if (!positions.isEmpty()) {
      ShardWriter.write(file(directory, "x", first), positions, conf);
      ShardWriter.write(file(directory, "denoised", first), denoised, conf);
    }
  }

  static Path file(String directory, String what, long first) {
    return new Path(directory, "frames-%s-%09d.parquet".formatted(what, first));
  }
}
