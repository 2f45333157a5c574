package tweedie.driver.study;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.evaluate.LevelError;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.score.CopyNoise;
import tweedie.train.GradientSpread;
import tweedie.train.GradientSpread.Traces;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Augmentation;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.TrainSettings.Regularization;
import tweedie.train.round.LocalTraining;
import tweedie.train.round.TrainingState;

/**
 * One training of a study and what is measured of it.
 *
 * @param data what is trained on
 * @param variant what is special about it
 * @param seed of weights, order and noise: the same for all variants of a pair
 * @param model the network, but for what the data say about it
 * @param levels noise s of the mean of the copies to measure at
 * @param gradients how the spread of gradients is measured
 * @param testSeed of the noise on the images that are measured on, the same for all trainings
 */
record StudyTraining(
    StudyData data,
    StudyVariant variant,
    long seed,
    TrainSettings settings,
    NetworkSettings model,
    int steps,
    List<Double> levels,
    Settings.Gradients gradients,
    long testSeed)
    implements Serializable {

  /** The training of this variant with the seed of pair number {@code pair}. */
  static StudyTraining of(Settings settings, StudyData data, StudyVariant variant, int pair) {
    Settings.Study study = settings.study();
    boolean images = data.oracle().isEmpty();
    long seed = settings.seed() + pair;
    int batchSize = images ? study.images().batchSize() : study.mixtures().batchSize();
    return new StudyTraining(
        data,
        variant,
        seed,
        training(settings, variant, seed, batchSize),
        model(settings, data.shape(), images, variant),
        images ? study.images().steps() : study.mixtures().steps(),
        levels(study, variant),
        study.gradients(),
        settings.seed());
  }

  /** Those that all are compared at, and those of copies of one sigma. */
  private static List<Double> levels(Settings.Study study, StudyVariant variant) {
    Set<Double> levels = new LinkedHashSet<>(study.levels());
    levels.add(new CopyNoise(study.sigma(), variant.copies()).s());
    if (variant.equals(StudyVariant.CONTROL)) {
      study.copies().forEach(copies -> levels.add(new CopyNoise(study.sigma(), copies).s()));
    }
    return new ArrayList<>(levels);
  }

  private static TrainSettings training(
      Settings settings, StudyVariant variant, long seed, int batchSize) {
    Settings.Train train = settings.train();
    // the clocks count images; more of them in a step must not make the clocks of steps run faster
    int images = variant.images();
    return new TrainSettings(
        seed,
        FromSettings.noise(settings.noise()),
        variant.copies(),
        variant.draws(),
        LevelOf.MEAN,
        settings.noise().weighting(),
        variant.reference(),
        Dequantization.NONE,
        Augmentation.NONE,
        0,
        Regularization.NONE,
        1,
        batchSize * images,
        1,
        1,
        new TrainSettings.Optimizer(
            train.learningRate(),
            train.warmupImages() * images,
            train.decay(),
            train.beta1(),
            train.beta2(),
            train.epsilon(),
            train.clip()),
        new TrainSettings.Ema(train.ema().halfLifeImages() * images, train.ema().rampUp()),
        TrainSettings.Averaging.MEAN_OF_EPOCHS,
        OnDivergence.FAIL,
        0);
  }

  private static NetworkSettings model(
      Settings settings, ImageShape shape, boolean images, StudyVariant variant) {
    Settings.Model model = settings.model();
    Settings.Mixtures mixtures = settings.study().mixtures();
    return new NetworkSettings(
        shape,
        images ? model.network() : Kind.MLP,
        model.channels(),
        model.halvings(),
        model.blocks(),
        images ? model.hidden() : mixtures.hidden(),
        images ? model.depth() : mixtures.depth(),
        model.embedding(),
        variant.input(),
        variant.input() == Input.STACKED ? variant.copies() : 1,
        model.output(),
        0,
        1,
        images ? model.pixelFrequencies() : List.of());
  }

  /** Names the training in the directory of results. */
  String name() {
    return "%s.%s.seed-%d".formatted(data.name(), variant.name(), seed);
  }

  /** Images that the training sees. */
  long images() {
    return (long) steps * settings.batchSize();
  }

  /** Trains and measures, in the thread that calls; counts images in {@code progress}. */
  StudyResult run(Configuration conf, LongAccumulator progress) throws IOException {
    List<LabeledImage> images = data.training(seed, conf);
    NetworkSettings network = scaled(images);
    long began = System.nanoTime();
    TrainingState trained = LocalTraining.of(network, settings, steps, images, progress);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new StudyResult(
        data.name(),
        variant.name(),
        seed,
        trained.steps(),
        trained.images(),
        trained.parameters().length,
        seconds,
        variant.copies(),
        variant.measured() == StudyVariant.Measured.ERROR
            ? errors(network, trained.ema(), conf)
            : List.of(),
        variant.measured() == StudyVariant.Measured.GRADIENT
            ? spread(network, trained.ema(), images)
            : List.of());
  }

  private List<LevelError> errors(NetworkSettings network, float[] weights, Configuration conf)
      throws IOException {
    double[] test = data.test(conf);
    try (NetworkDenoiser denoiser = new NetworkDenoiser(network, weights)) {
      return levels.stream()
          .map(s -> LevelError.of(denoiser, data.oracle(), test, s, testSeed))
          .toList();
    }
  }

  private List<Traces> spread(NetworkSettings network, float[] weights, List<LabeledImage> images) {
    return GradientSpread.of(
        network,
        settings,
        weights,
        images,
        gradients.batchSize(),
        gradients.draws(),
        gradients.repeats());
  }

  /** The network with mean and standard deviation of the pixels of these images. */
  private NetworkSettings scaled(List<LabeledImage> images) {
    long n = (long) images.size() * model.shape().dimension();
    double mean = 0;
    for (LabeledImage image : images) {
      for (float pixel : image.pixels()) {
        mean += pixel / n;
      }
    }
    double variance = 0;
    for (LabeledImage image : images) {
      for (float pixel : image.pixels()) {
        variance += (pixel - mean) * (pixel - mean) / n;
      }
    }
    return model.withData(mean, Math.sqrt(variance));
  }
}
