package tweedie.data.shard;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.MayBeAbsent;

/**
 * Moments of a data set, in the scale of {@link LabeledImage#pixels()}.
 *
 * @param images number of images n
 * @param meanImage mean of each pixel, [d] in the order of the pixels
 * @param mean mean over all pixels of all images
 * @param std standard deviation of all pixels of all images around {@code mean}
 * @param varianceAboutMeanImage mean over the pixels of E|x - meanImage|^2 / d, what is left to
 *     explain for a denoiser that knows the mean image only
 * @param largestDistance largest Euclidean distance between two images of a sample, the largest
 *     noise that Langevin dynamics needs (NCSNv2, technique 1, arXiv 2006.09011); 0 where it was
 *     not measured
 * @param channels mean and standard deviation of the pixels of each channel; empty where they were
 *     not measured
 * @param fingerprint of the data set, see {@link ShardedImages#fingerprint()}; empty where it is
 *     not known
 * @param labels how many images have each label, from 0; empty where none has one, or where they
 *     were not counted
 * @param classNames what the labels are called; empty where they have no names
 */
public record DataStatistics(
    long images,
    double[] meanImage,
    double mean,
    double std,
    double varianceAboutMeanImage,
    @MayBeAbsent double largestDistance,
    @MayBeAbsent List<Channel> channels,
    @MayBeAbsent String fingerprint,
    @MayBeAbsent List<Long> labels,
    @MayBeAbsent List<String> classNames) {

  /**
   * The pixels of one channel.
   *
   * @param mean over all images
   * @param std around {@code mean}
   */
  public record Channel(double mean, double std) implements Serializable {}

  /** Labels beyond are numbers of something else than classes. */
  private static final int MOST_CLASSES = 10_000;

  /** What was written by an earlier version has no channels, no fingerprint and no labels. */
  public DataStatistics {
    channels = channels == null ? List.of() : List.copyOf(channels);
    fingerprint = fingerprint == null ? "" : fingerprint;
    labels = labels == null ? List.of() : List.copyOf(labels);
    classNames = classNames == null ? List.of() : List.copyOf(classNames);
  }

  /** Of images without labels. */
  public DataStatistics(
      long images,
      double[] meanImage,
      double mean,
      double std,
      double varianceAboutMeanImage,
      double largestDistance,
      List<Channel> channels,
      String fingerprint) {
    this(
        images,
        meanImage,
        mean,
        std,
        varianceAboutMeanImage,
        largestDistance,
        channels,
        fingerprint,
        List.of(),
        List.of());
  }

  /** Number of classes; 0 where there are no labels. */
  public int classes() {
    return labels.isEmpty() ? 0 : Math.max(labels.size(), classNames.size());
  }

  /** What class k is called: its name, or its number where it has none. */
  public String className(int k) {
    return k < classNames.size() ? classNames.get(k) : Integer.toString(k);
  }

  /** Whether these are the statistics of this data set. */
  public boolean areOf(ShardedImages data) {
    return data.isOf(fingerprint);
  }

  /** At most this many sums come to the driver. */
  private static final int SUMS = 64;

  /** About as many images are compared in pairs... */
  private static final int COMPARED_IMAGES = 2000;

  /** ...as long as they have no more values than this. */
  private static final int COMPARED_VALUES = 10_000_000;

  /**
   * Reads all images once, in one Spark job, and compares some of them in a second. The result does
   * not depend on the cluster: sums are merged in the order of the shards.
   *
   * <p>The fingerprint of the data is taken by the way.
   *
   * @throws DataException if the shards do not hold as many images as they say
   * @throws IOException if the checksums that are kept of the shards cannot be read
   */
  public static DataStatistics of(JavaSparkContext spark, ShardedImages data) throws IOException {
    List<Shard> shards = data.shards();
    int[][] groups = new int[Math.min(SUMS, shards.size())][];
    long[] before = new long[shards.size()];
    for (int i = 0; i < groups.length; i++) {
      int from = (int) ((long) i * shards.size() / groups.length);
      int to = (int) ((long) (i + 1) * shards.size() / groups.length);
      groups[i] = IntStream.range(from, to).toArray();
      for (int shard = from + 1; shard < to; shard++) {
        before[shard] = before[shard - 1] + shards.get(shard - 1).images();
      }
    }
    int dimension = data.shape().dimension();
    int channels = data.shape().channels();
    int compared = Math.max(2, Math.min(COMPARED_IMAGES, COMPARED_VALUES / dimension));
    long stride = Math.max(1, data.images() / compared);
    JavaRDD<Sums> sums =
        data.read(spark)
            .mapPartitionsWithIndex(
                new SumShard(dimension, channels, data.eightBit(), stride, before), true);
    Moments total = new Moments(dimension, channels);
    List<float[]> some = new ArrayList<>();
    List<String> checksums = new ArrayList<>();
    for (Sums group :
        ShardRdd.grouped(sums, groups).mapPartitions(new Merge(dimension, channels)).collect()) {
      total.add(group.moments());
      some.addAll(group.some());
      checksums.addAll(group.checksums());
    }
    if (total.images != data.images()) {
      throw new DataException(
          String.format(
              "The shards beside %s hold %d images, their footers say %d",
              shards.get(0).path(), total.images, data.images()));
    }
    data.keep(checksums);
    return total.statistics(largestDistance(spark, some), data);
  }

  /** The largest distance of two of these images, compared by tasks row by row. */
  private static double largestDistance(JavaSparkContext spark, List<float[]> images) {
    Broadcast<List<float[]>> shared = spark.broadcast(images);
    try {
      List<Integer> rows = IntStream.range(0, images.size()).boxed().toList();
      return spark
          .parallelize(rows, Math.min(SUMS, rows.size()))
          .map(new FarthestBefore(shared))
          .reduce(Math::max);
    } finally {
      shared.destroy();
    }
  }

  /** As JSON that {@link #fromJson} reads back without loss. */
  public String toJson() {
    return Json.LINE.text(this);
  }

  /**
   * What {@link #toJson} wrote.
   *
   * @param source where the text is from, for the message
   * @throws DataException if {@code json} is something else
   */
  public static DataStatistics fromJson(String json, Object source) {
    return Json.LINE.read(json, DataStatistics.class, source);
  }

  /** The moments of some shards, every so many of their images, and a checksum a shard. */
  private record Sums(Moments moments, List<float[]> some, List<String> checksums)
      implements Serializable {}

  /**
   * The task that sums up a shard.
   *
   * @param before images of its group before each shard
   */
  private record SumShard(int dimension, int channels, boolean eightBit, long stride, long[] before)
      implements Function2<Integer, Iterator<LabeledImage>, Iterator<Sums>> {

    @Override
    public Iterator<Sums> call(Integer shard, Iterator<LabeledImage> images) {
      Moments sum = new Moments(dimension, channels);
      List<float[]> some = new ArrayList<>();
      ShardChecksum checksum = new ShardChecksum();
      long count = before[shard];
      while (images.hasNext()) {
        LabeledImage image = images.next();
        float[] pixels = image.pixels();
        checksum.add(image, eightBit);
        sum.add(pixels);
        sum.labels.merge(image.label(), 1L, Long::sum);
        if (count++ % stride == 0) {
          some.add(pixels);
        }
      }
      return List.of(new Sums(sum, some, List.of(checksum.hex()))).iterator();
    }
  }

  /** Makes one of the sums of a group. */
  private record Merge(int dimension, int channels)
      implements FlatMapFunction<Iterator<Sums>, Sums> {

    @Override
    public Iterator<Sums> call(Iterator<Sums> shards) {
      Sums group = new Sums(new Moments(dimension, channels), new ArrayList<>(), new ArrayList<>());
      while (shards.hasNext()) {
        Sums shard = shards.next();
        group.moments.add(shard.moments);
        group.some.addAll(shard.some);
        group.checksums.addAll(shard.checksums);
      }
      return List.of(group).iterator();
    }
  }

  /** The distance from an image to the farthest of those before it. */
  private record FarthestBefore(Broadcast<List<float[]>> images)
      implements Function<Integer, Double> {

    @Override
    public Double call(Integer row) {
      float[] x = images.value().get(row);
      double farthest = 0;
      for (float[] other : images.value().subList(0, row)) {
        double squares = 0;
        for (int j = 0; j < x.length; j++) {
          double apart = x[j] - other[j];
          squares += apart * apart;
        }
        farthest = Math.max(farthest, squares);
      }
      return Math.sqrt(farthest);
    }
  }

  /**
   * Running mean image and sums of squared distances from it, one for each channel, without the
   * cancellation of E x^2 - (E x)^2 (Chan, Golub, LeVeque 1979, the pairwise update). Value i of an
   * image is of channel i mod c.
   */
  private static final class Moments implements Serializable {

    private static final long serialVersionUID = 3L;

    private final double[] mean;
    private final double[] squares;
    private final TreeMap<Integer, Long> labels = new TreeMap<>();
    private long images;

    Moments(int dimension, int channels) {
      this.mean = new double[dimension];
      this.squares = new double[channels];
    }

    void add(float[] x) {
      images++;
      double share = 1.0 / images;
      for (int i = 0; i < mean.length; i++) {
        double delta = x[i] - mean[i];
        mean[i] += share * delta;
        squares[i % squares.length] += delta * (x[i] - mean[i]);
      }
    }

    void add(Moments other) {
      long total = images + other.images;
      double share = (double) other.images / total;
      for (int i = 0; i < mean.length; i++) {
        double delta = other.mean[i] - mean[i];
        mean[i] += share * delta;
        squares[i % squares.length] += delta * delta * images * share;
      }
      for (int channel = 0; channel < squares.length; channel++) {
        squares[channel] += other.squares[channel];
      }
      other.labels.forEach((label, count) -> labels.merge(label, count, Long::sum));
      images = total;
    }

    /** How many images have each label. */
    private List<Long> labels() {
      int last = labels.lastKey();
      return last >= MOST_CLASSES
          ? List.of()
          : IntStream.rangeClosed(0, last).mapToObj(k -> labels.getOrDefault(k, 0L)).toList();
    }

    DataStatistics statistics(double largestDistance, ShardedImages data) {
      List<Channel> channels = new ArrayList<>();
      double within = 0;
      double all = 0;
      int pixels = mean.length / squares.length;
      for (int channel = 0; channel < squares.length; channel++) {
        double of = 0;
        for (int i = channel; i < mean.length; i += squares.length) {
          of += mean[i] / pixels;
        }
        double between = 0;
        for (int i = channel; i < mean.length; i += squares.length) {
          between += (mean[i] - of) * (mean[i] - of) / pixels;
        }
        double variance = squares[channel] / images / pixels;
        channels.add(new Channel(of, Math.sqrt(variance + between)));
        within += variance / squares.length;
        all += of / squares.length;
      }
      double between = 0;
      for (double value : mean) {
        between += (value - all) * (value - all) / mean.length;
      }
      return new DataStatistics(
          images,
          mean,
          all,
          Math.sqrt(within + between),
          within,
          largestDistance,
          channels,
          data.fingerprint(),
          labels(),
          data.classNames());
    }
  }
}
