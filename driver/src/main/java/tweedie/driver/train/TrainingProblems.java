package tweedie.driver.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.round.RoundMaster;

/** What is wrong with settings for these data on this machine, before anything is trained. */
public final class TrainingProblems {

  private static final long MEGABYTE = 1 << 20;

  /** Values of the longest array of floats. */
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  /** Most pixels that look at each other: 64 MB of weights of a head. */
  private static final int MOST_ATTENDED = 4096;

  /** So many threads start anywhere, if they are of no use. */
  private static final int FEW_THREADS = 64;

  /** What summing up equal pixels leaves of their standard deviation. */
  private static final double ROUNDING = 1e-12;

  private TrainingProblems() {}

  /** What can only be known once the data are seen; all problems at once. */
  public static List<SettingProblem> of(LoadedSettings config, ShardedImages data) {
    Settings settings = config.settings();
    List<SettingProblem> problems = new ArrayList<>();
    if (settings.train().batchSize() > data.images()) {
      problems.add(
          config.problem(
              "tweedie.train.batch-size",
              "must be at most the number of images, " + data.images()));
    }
    if (settings.train().workers() > data.shards().size()) {
      problems.add(
          config.problem(
              "tweedie.train.workers",
              "must be at most the number of shards, %d: a worker without a shard has nothing to train on"
                  .formatted(data.shards().size())));
    }
    if (settings.data().dequantization() == Dequantization.UNIFORM && !data.eightBit()) {
      problems.add(
          config.problem(
              "tweedie.data.dequantization",
              "is for 8-bit images, and %s holds other numbers".formatted(data.place())));
    }
    classes(config, data).ifPresent(problems::add);
    misfit(config, data.shape()).ifPresent(problems::add);
    attention(config, data.shape()).ifPresent(problems::add);
    return problems;
  }

  /** Why the network cannot be told the classes of these images. */
  private static Optional<SettingProblem> classes(LoadedSettings config, ShardedImages data) {
    String key = "tweedie.model.classes";
    Settings.Model model = config.settings().model();
    if (model.classes().equals(Settings.Model.NONE)) {
      return Optional.empty();
    }
    try {
      int there = data.classes();
      int told = FromSettings.classes(model, there);
      if (there == 0) {
        return Optional.of(
            config.problem(
                key, "needs labels, and the images of %s have none".formatted(data.place())));
      }
      return told < there
          ? Optional.of(
              config.problem(
                  key, "must be at least %d, as many as the labels say".formatted(there)))
          : Optional.empty();
    } catch (DataException e) {
      return Optional.of(config.problem(key, "needs labels: " + e.getMessage()));
    }
  }

  /** Why attention has no place in a network for images of this shape. */
  private static Optional<SettingProblem> attention(LoadedSettings config, ImageShape shape) {
    Settings.Model model = config.settings().model();
    String key = "tweedie.model.attention";
    if (model.attention().isEmpty()) {
      return Optional.empty();
    }
    if (model.network() != NetworkSettings.Kind.UNET) {
      return Optional.of(
          config.problem(key, "is for model.network = unet: vectors have no pixels"));
    }
    List<Integer> heights =
        IntStream.range(0, model.channels().size())
            .mapToObj(level -> shape.height() >> Math.min(level, model.halvings()))
            .distinct()
            .toList();
    if (!heights.containsAll(model.attention())) {
      return Optional.of(
          config.problem(
              key,
              "names a resolution that the network does not have: the heights of its images are %s"
                  .formatted(heights)));
    }
    long height = Collections.max(model.attention());
    long pixels = height * height * shape.width() / shape.height();
    return pixels > MOST_ATTENDED
        ? Optional.of(
            config.problem(
                key,
                "lets each of %d pixels look at as many; at most %d do"
                    .formatted(pixels, MOST_ATTENDED)))
        : Optional.empty();
  }

  /** Why a network of these settings cannot take images of this shape. */
  public static Optional<SettingProblem> misfit(LoadedSettings config, ImageShape shape) {
    Settings.Model model = config.settings().model();
    int divisor = 1 << model.halvings();
    return model.network() == NetworkSettings.Kind.UNET
            && (shape.height() % divisor != 0 || shape.width() % divisor != 0)
        ? Optional.of(
            config.problem(
                "tweedie.model.halvings",
                "does not fit images of %s: height and width must divide by %d (a vector needs model.network = mlp)"
                    .formatted(shape, divisor)))
        : Optional.empty();
  }

  /** Why a training of these settings is too large for arrays, or for this machine. */
  static List<SettingProblem> ofSize(
      LoadedSettings config, ImageShape shape, TrainingCheck.Machine machine) {
    Settings settings = config.settings();
    List<SettingProblem> problems = new ArrayList<>();
    int threads = settings.train().threadsPerWorker();
    if (threads > Math.max(FEW_THREADS, machine.cores())) {
      problems.add(
          config.problem(
              "tweedie.train.threads-per-worker",
              "must be at most %d: this machine has %d cores"
                  .formatted(Math.max(FEW_THREADS, machine.cores()), machine.cores())));
    }
    long row = network(settings, shape).valuesSeen();
    double batch = (double) row * settings.train().batchSize() * settings.noise().draws();
    if (row > MOST_VALUES) {
      problems.add(
          config.problem(
              settings.model().pixelFrequencies().isEmpty()
                  ? "tweedie.noise.copies"
                  : "tweedie.model.pixel-frequencies",
              "lets the network see %d numbers of each image of %s; an array holds %d"
                  .formatted(row, shape, MOST_VALUES)));
      return problems;
    }
    if (batch > MOST_VALUES) {
      problems.add(
          config.problem(
              "tweedie.train.batch-size",
              "makes minibatches of more numbers than an array holds, %d, with images of %s and tweedie.noise.draws = %d"
                  .formatted(MOST_VALUES, shape, settings.noise().draws())));
    } else if (batch * Float.BYTES > machine.heap()) {
      problems.add(
          tooLarge(
              config,
              "tweedie.train.batch-size",
              "minibatches, with tweedie.noise.draws = %d,".formatted(settings.noise().draws()),
              batch,
              machine.heap()));
    }
    long reference = (long) settings.train().stableTargets().reference() * shape.dimension();
    if (reference * Float.BYTES > machine.heap()) {
      problems.add(
          tooLarge(
              config,
              "tweedie.train.stable-targets.reference",
              "references",
              reference,
              machine.heap()));
    }
    ofParameters(config, parameters(settings, shape), machine.heap()).ifPresent(problems::add);
    return problems;
  }

  private static SettingProblem tooLarge(
      LoadedSettings config, String key, String what, double values, long heap) {
    return config.problem(
        key,
        "makes %s of %.0f MB, and Java's heap is %d MB"
            .formatted(what, values * Float.BYTES / MEGABYTE, heap / MEGABYTE));
  }

  /** Number of parameters of the network of these settings, counted and not made. */
  public static long parameters(Settings settings, ImageShape shape) {
    try (Network network = new Network(network(settings, shape))) {
      return network.parameterCount();
    }
  }

  /** The network of these settings for images that look like nothing in particular. */
  static NetworkSettings network(Settings settings, ImageShape shape) {
    return FromSettings.network(
        settings, shape, new DataStatistics(1, new double[0], 0.5, 0.5, 0.25, 0, List.of(), ""));
  }

  private static Optional<SettingProblem> ofParameters(
      LoadedSettings config, long parameters, long heap) {
    Settings.Train train = config.settings().train();
    long moments = train.averaging().moments() == Moments.OWN ? 2L * train.workers() : 2;
    return parameters > MOST_VALUES / moments
        ? Optional.of(
            config.problem(
                "tweedie.model.network",
                "has %d parameters here, and at most %d are possible: %s"
                    .formatted(
                        parameters,
                        MOST_VALUES / moments,
                        config.settings().model().network() == NetworkSettings.Kind.MLP
                            ? "lower tweedie.model.hidden or .depth"
                            : "lower tweedie.model.channels or .blocks")))
        : ofHeap(config, parameters, heap);
  }

  /** Why nothing can be learned from data that look like this. */
  public static Optional<SettingProblem> ofStatistics(
      LoadedSettings config, DataStatistics statistics) {
    double mean = statistics.mean();
    double std = statistics.std();
    String key = config.settings().data().placeKey();
    if (!Double.isFinite(mean) || !Double.isFinite(std)) {
      return Optional.of(
          config.problem(
              key,
              "holds values that are not finite: the mean of all pixels is %s, their standard deviation %s. Import it again without them."
                  .formatted(mean, std)));
    }
    return std <= ROUNDING * Math.abs(mean)
        ? Optional.of(
            config.problem(
                key,
                "holds images all of whose pixels are equal, %s: there is nothing to learn from them"
                    .formatted((float) mean)))
        : Optional.empty();
  }

  /**
   * Why rounds would end in an {@code OutOfMemoryError}, where the driver is the only executor.
   *
   * @param heap most bytes of Java's heap
   */
  static Optional<SettingProblem> ofHeap(LoadedSettings config, long parameters, long heap) {
    long needed = RoundMaster.heapOfOneProcess(parameters);
    return heap < needed
        ? Optional.of(
            config.problem(
                "tweedie.model.network",
                "has %1$d parameters here, and in local mode its rounds take about %2$d MB of Java's heap, which is %3$d MB: start with TWEEDIE_JAVA_OPTS=-Xmx%4$dm (spark-submit: --driver-memory %4$dm)"
                    .formatted(
                        parameters,
                        needed / MEGABYTE,
                        heap / MEGABYTE,
                        needed * 12 / 10 / MEGABYTE)))
        : Optional.empty();
  }
}
