package tweedie.driver.study;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** Images that a study trains and measures on. Every task makes or reads its own. */
sealed interface StudyData extends Serializable {

  /** Names it in files and tables. */
  String name();

  /** The shape of every image. */
  ImageShape shape();

  /** Their distribution, where it is known. */
  Optional<GaussianMixture> oracle();

  /** The images of a training with this seed. */
  List<LabeledImage> training(long seed, Configuration conf) throws IOException;

  /** Images that no training sees, the same for all, [n, d]. */
  double[] test(Configuration conf) throws IOException;

  /**
   * Draws of a mixture of isotropic normal components of one standard deviation. Component k has a
   * weight in proportion to k + 1; the directions of the centres from the origin are random. A
   * training has draws of its own.
   *
   * @param dimension d
   * @param separation distance of every centre from the origin, in standard deviations of a
   *     component
   * @param images draws of a training
   * @param testImages draws to measure on
   * @param seed of directions and of the draws to measure on
   */
  record Mixture(
      int dimension,
      double separation,
      int components,
      double std,
      int images,
      int testImages,
      long seed)
      implements StudyData {

    /** Beyond the numbers of draws that a training sees. */
    private static final long FIRST_TEST = 1L << 40;

    @Override
    public String name() {
      String distance = "%s".formatted((float) separation).replaceFirst("\\.0$", "");
      return "mixture-%dd-%s".formatted(dimension, distance).toLowerCase(Locale.ROOT);
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 1, dimension);
    }

    @Override
    public Optional<GaussianMixture> oracle() {
      double[] weights = new double[components];
      double[][] means = new double[components][];
      double[] stds = new double[components];
      for (int k = 0; k < components; k++) {
        weights[k] = (k + 1) / (components * (components + 1) / 2.0);
        means[k] = centre(k);
        stds[k] = std;
      }
      return Optional.of(new GaussianMixture(weights, means, stds));
    }

    private double[] centre(int k) {
      Draws draws = Draws.of(seed, Purpose.ORACLE, -1 - k, dimension);
      double[] centre = new double[dimension];
      double squares = 0;
      for (int j = 0; j < dimension; j++) {
        centre[j] = draws.gaussian();
        squares += centre[j] * centre[j];
      }
      for (int j = 0; j < dimension; j++) {
        centre[j] *= separation * std / Math.sqrt(squares);
      }
      return centre;
    }

    @Override
    public List<LabeledImage> training(long seed, Configuration conf) {
      long[] ids = LongStream.range(0, images).toArray();
      return ImageRows.images(oracle().orElseThrow().sample(seed, ids), ids, shape());
    }

    @Override
    public double[] test(Configuration conf) {
      return oracle()
          .orElseThrow()
          .sample(seed, LongStream.range(FIRST_TEST, FIRST_TEST + testImages).toArray());
    }
  }

  /**
   * The first images of shards to train on, and those after them to measure on.
   *
   * @param shards that hold them, in order
   * @param images how many are trained on
   * @param testImages how many are measured on
   */
  record Images(String name, ImageShape shape, List<Shard> shards, int images, int testImages)
      implements StudyData {

    /** The name of data with this fingerprint. */
    static String name(String fingerprint) {
      return "images-" + fingerprint.substring(0, 8);
    }

    /** Images of a directory of shards. */
    static Images of(String name, ShardedData data, int images, int testImages) {
      List<Shard> needed = new ArrayList<>();
      long held = 0;
      for (Shard shard : data.shards()) {
        if (held < (long) images + testImages) {
          needed.add(shard);
          held += shard.images();
        }
      }
      return new Images(name, data.shape(), needed, images, testImages);
    }

    @Override
    public Optional<GaussianMixture> oracle() {
      return Optional.empty();
    }

    @Override
    public List<LabeledImage> training(long seed, Configuration conf) throws IOException {
      return read(0, images, conf);
    }

    @Override
    public double[] test(Configuration conf) throws IOException {
      return ImageRows.doubles(ImageRows.of(read(images, testImages, conf)));
    }

    private List<LabeledImage> read(long first, int count, Configuration conf) throws IOException {
      List<LabeledImage> read = new ArrayList<>(count);
      long at = 0;
      for (Shard shard : shards) {
        if (at + shard.images() > first && read.size() < count) {
          long position = at;
          try (ShardReader reader = ShardReader.open(shard, conf)) {
            while (reader.hasNext() && read.size() < count) {
              LabeledImage image = reader.next();
              if (position++ >= first) {
                read.add(image);
              }
            }
          }
        }
        at += shard.images();
      }
      return read;
    }
  }
}
