package tweedie.driver.evaluate.samples;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzNumbers;
import tweedie.data.array.NpzWriter;
import tweedie.driver.evaluate.FeatureRequest;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.samples.FeatureNetwork;
import tweedie.evaluate.samples.FrechetDistance;
import tweedie.evaluate.samples.FrechetDistance.Moments;

/**
 * What a network of the user's own sees in images, and the Frechet distances of it. A task takes a
 * block of rows, and later one subset of {@link tweedie.evaluate.HalfSamples}.
 *
 * @param file the network
 * @param place where it is, for people
 * @param shape of its images
 * @param width number of features F
 * @param reference moments of other images' features
 */
record NetworkFeatures(
    byte[] file, String place, ImageShape shape, int width, Optional<Moments> reference) {

  private static final String LIBRARY = "ai.onnxruntime.OrtEnvironment";

  /**
   * Reads the network, runs it once, and reads the moments.
   *
   * @throws DataException if ONNX Runtime is not there, the network is none for these images, or
   *     the moments are none of its features
   */
  static NetworkFeatures of(FeatureRequest request, ImageShape shape, Configuration conf)
      throws IOException {
    try {
      Class.forName(LIBRARY, false, NetworkFeatures.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new DataException(
          "--features needs ONNX Runtime, which is not in this build: build it with mvn -Ponnx, or give the jar of com.microsoft.onnxruntime:onnxruntime to spark-submit --jars",
          e);
    }
    String place = request.network().toString();
    byte[] file;
    Path found = InputFiles.status(place, conf).getPath();
    try (InputStream in = InputFiles.open(found, conf)) {
      file = in.readAllBytes();
    }
    int width;
    try (FeatureNetwork network = new FeatureNetwork(file, place, shape, 1)) {
      width = network.width();
    }
    Optional<Moments> reference = Optional.empty();
    if (request.reference().isPresent()) {
      reference = Optional.of(moments(request.reference().get().toString(), width, place, conf));
    }
    return new NetworkFeatures(file, place, shape, width, reference);
  }

  private static Moments moments(String uri, int width, String network, Configuration conf)
      throws IOException {
    NpzNumbers mean = NpzNumbers.read(uri, "mu", conf);
    NpzNumbers covariance = NpzNumbers.read(uri, "sigma", conf);
    long f = width;
    if (!mean.shape().equals(List.of(f)) || !covariance.shape().equals(List.of(f, f))) {
      throw new DataException(
          "%s holds mu %s and sigma %s, the network %s gives %d features"
              .formatted(uri, mean.shape(), covariance.shape(), network, width));
    }
    return new Moments(mean.values(), covariance.values());
  }

  /** The features of all sets. */
  ComparedRows of(JavaSparkContext spark, CountedJob job, SharedRows shared) {
    int sets = ComparedRows.COMPARED + 1;
    List<Block> blocks = shared.sets().value().blocks(sets);
    List<float[]> parts =
        spark
            .parallelize(blocks, blocks.size())
            .map(new See(shared, job.broadcast(file), place, shape))
            .collect();
    return new ComparedRows(ComparedRows.bySet(parts, sets), width);
  }

  private record See(SharedRows shared, Broadcast<byte[]> file, String place, ImageShape shape)
      implements Function<Block, float[]> {

    @Override
    public float[] call(Block block) {
      try (FeatureNetwork network =
          new FeatureNetwork(file.value(), place, shape, shared.threads())) {
        float[] features = network.features(shared.begin().rows(block));
        shared.done().add(1);
        return features;
      }
    }
  }

  /** How many tasks {@link #distances} has. */
  int tasks() {
    return FrechetDistance.subsets(width);
  }

  /** The Frechet distances of features. */
  List<Metric> distances(JavaSparkContext spark, CountedJob job, SharedRows features) {
    List<Integer> subsets = IntStream.range(0, tasks()).boxed().toList();
    List<double[][]> found =
        spark
            .parallelize(subsets, subsets.size())
            .map(
                new Distances(
                    features, job.broadcast(reference.map(FrechetDistance::new).orElse(null))))
            .collect();
    IntFunction<double[]> toReal = set -> found.stream().mapToDouble(of -> of[0][set]).toArray();
    List<Metric> metrics = new ArrayList<>();
    metrics.add(metric(Quantity.FRECHET, set -> FrechetDistance.interval(toReal.apply(set))));
    metrics.add(
        metric(Quantity.FRECHET_UNBIASED, set -> FrechetDistance.unbiased(toReal.apply(set))));
    if (reference.isPresent()) {
      IntFunction<double[]> other = set -> found.stream().mapToDouble(of -> of[1][set]).toArray();
      metrics.add(
          metric(Quantity.FRECHET_REFERENCE, set -> FrechetDistance.interval(other.apply(set))));
    }
    return metrics;
  }

  private static Metric metric(Quantity quantity, IntFunction<Estimate> estimate) {
    return DistanceJobs.metric(quantity, Aspect.NETWORK, estimate);
  }

  /** The distances of all compared sets from the real rows and from the reference. */
  private record Distances(SharedRows shared, Broadcast<FrechetDistance> reference)
      implements Function<Integer, double[][]> {

    @Override
    public double[][] call(Integer subset) {
      ComparedRows sets = shared.begin();
      Moments[] moments =
          Arrays.stream(sets.rows())
              .map(rows -> Moments.of(rows, sets.dimension(), subset))
              .toArray(Moments[]::new);
      double[][] distances = new double[2][ComparedRows.COMPARED];
      FrechetDistance toReal = new FrechetDistance(moments[ComparedRows.REAL]);
      Arrays.setAll(distances[0], set -> toReal.squared(moments[set]));
      if (reference.value() != null) {
        Arrays.setAll(distances[1], set -> reference.value().squared(moments[set]));
      }
      shared.done().add(1);
      return distances;
    }
  }

  /** Writes the moments of the samples, as others read them: {@code mu} and {@code sigma}. */
  static void write(FileSystem files, Path path, ComparedRows features) throws IOException {
    int f = features.dimension();
    Moments moments = Moments.of(features.rows()[ComparedRows.SAMPLES], f, 0);
    WholeFile.write(
        files,
        path,
        (Path aside) -> {
          try (NpzWriter npz = new NpzWriter(files.create(aside, false))) {
            npz.begin("mu", NpyHeader.of(Type.FLOAT64, f));
            npz.write(moments.mean());
            npz.begin("sigma", NpyHeader.of(Type.FLOAT64, f, f));
            npz.write(moments.covariance());
          }
        });
  }
}
