package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.List;
import tweedie.driver.config.Settings.Averaging;
import tweedie.driver.config.Settings.ByDensity;
import tweedie.driver.config.Settings.Data;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.config.Settings.Method;
import tweedie.driver.config.Settings.Mixture;
import tweedie.driver.config.Settings.Model;
import tweedie.driver.config.Settings.Noise;
import tweedie.driver.config.Settings.Oracle;
import tweedie.driver.config.Settings.Sample;
import tweedie.driver.config.Settings.Score;
import tweedie.driver.config.Settings.Train;
import tweedie.driver.config.Settings.Ve;
import tweedie.network.NetworkSettings.Kind;
import tweedie.score.GaussianMixture;
import tweedie.score.NoiseSchedule;

/** What must hold between several settings, each of which is possible by itself. */
record SettingRelations(Config config, Faults faults) {

  /** Noise whose square, and one over it, a float can hold. */
  private static final double LEAST_NOISE = 1e-9;

  private static final double MOST_NOISE = 1e9;

  private static final double SUM_TOLERANCE = 1e-6;

  /** In units of the noise: every splitting is stable on it if its square is below 4. */
  private static final double LARGEST_WALK_STEP = 2;

  /** What does not fit together in {@code settings}, leaving out keys that are wrong already. */
  static List<SettingProblem> problems(
      Settings settings, Config config, List<SettingProblem> known) {
    Faults faults = new Faults(config, known);
    SettingRelations relations = new SettingRelations(config, faults);
    relations.data(settings.data());
    relations.noise(settings.noise());
    relations.model(settings.model(), settings.data());
    relations.classes(settings.model());
    relations.stableTargets(settings.train());
    relations.averaging(settings.train().averaging());
    relations.sample(settings.sample());
    relations.score(settings.evaluate().score());
    relations.classDensity(settings.evaluate().classDensity());
    relations.likelihood(settings.evaluate().likelihood());
    new StudyRelations(faults, settings.study()).check();
    return faults.found();
  }

  private void data(Data data) {
    table(data);
    String weights = "tweedie.data.mixture.weights";
    String means = "tweedie.data.mixture.means";
    Mixture mixture = data.mixture();
    int components = mixture.weights().size();
    if (faults.sound(weights, means) && mixture.means().size() != components) {
      faults.wrong(means, "must hold as many points as there are weights, " + components);
    }
    boolean oneDimension =
        mixture.means().stream().noneMatch(List::isEmpty)
            && mixture.means().stream().map(List::size).distinct().count() <= 1;
    if (faults.sound(means) && !oneDimension) {
      faults.wrong(means, "must hold points of one dimension, such as [[0, 0], [1, 1]]");
    }
    double sum = mixture.weights().stream().mapToDouble(Double::doubleValue).sum();
    if (faults.sound(weights) && components > 0 && Math.abs(sum - 1) > SUM_TOLERANCE) {
      faults.wrong(weights, "must sum to 1, not " + (float) sum);
    }
    spreads(mixture, components, oneDimension && faults.sound(means));
  }

  private void table(Data data) {
    if (data.table().input().isEmpty()) {
      return;
    }
    if (!data.path().isEmpty()) {
      faults.wrong(
          "tweedie.data.table.input",
          "is read in place of shards, and tweedie.data.path names some: leave one empty");
    }
    if (!data.table().heldOut().isEmpty() && !data.validationPath().isEmpty()) {
      faults.wrong(
          "tweedie.data.table.held-out",
          "is validated on, and tweedie.data.validation-path names shards for it: leave one empty");
    }
  }

  private void spreads(Mixture mixture, int components, boolean meansAreSound) {
    String weights = "tweedie.data.mixture.weights";
    String stds = "tweedie.data.mixture.stds";
    String covariances = "tweedie.data.mixture.covariances";
    if (!faults.sound(covariances)) {
      return;
    }
    if (mixture.covariances().isEmpty()) {
      if (faults.sound(weights, stds) && mixture.stds().size() != components) {
        faults.wrong(
            stds,
            "must hold as many numbers as there are weights, %d (or .covariances as many matrices)"
                .formatted(components));
      }
      return;
    }
    if (faults.sound(stds) && !mixture.stds().isEmpty()) {
      faults.wrong(
          covariances, "cannot be given together with " + faults.seen(stds) + ": leave one empty");
    }
    if (faults.sound(weights) && mixture.covariances().size() != components) {
      faults.wrong(covariances, "must hold as many matrices as there are weights, " + components);
    }
    if (meansAreSound && !mixture.means().isEmpty()) {
      int d = mixture.means().get(0).size();
      for (int k = 0; k < mixture.covariances().size(); k++) {
        String flaw =
            GaussianMixture.covarianceFlaw(FromSettings.matrix(mixture.covariances().get(k)), d);
        if (!flaw.isEmpty()) {
          ConfigValue value = config.getList(covariances).get(k);
          faults.wrong("%s[%d]".formatted(covariances, k), value, "must " + flaw);
        }
      }
    }
  }

  private void noise(Noise noise) {
    String first = "tweedie.noise.ve.t-min";
    String last = "tweedie.noise.ve.t-max";
    faults.ordered(first, last);
    faults.ordered("tweedie.noise.edm.sigma-min", "tweedie.noise.edm.sigma-max");
    if (faults.sound("tweedie.noise.ve.sigma", first, last)) {
      Ve ve = noise.ve();
      NoiseSchedule.Ve schedule = new NoiseSchedule.Ve(ve.sigma(), ve.tMin(), ve.tMax());
      level(first, schedule.min());
      level(last, schedule.max());
    }
  }

  private void level(String key, double level) {
    if (!(level >= LEAST_NOISE && level <= MOST_NOISE)) {
      faults.wrong(
          key,
          "makes noise of %.3g with %s; it must be at least %s and at most %s"
              .formatted(level, faults.seen("tweedie.noise.ve.sigma"), LEAST_NOISE, MOST_NOISE));
    }
  }

  private void model(Model model, Data data) {
    String channels = "tweedie.model.channels";
    String halvings = "tweedie.model.halvings";
    faults.few(channels, model.channels());
    faults.few("tweedie.model.pixel-frequencies", model.pixelFrequencies());
    faults.few("tweedie.model.attention", model.attention());
    if (model.network() == Kind.UNET && faults.sound(channels)) {
      int most = model.channels().size() - 1;
      if (most < 0) {
        faults.wrong(channels, "must hold at least one number, such as [32, 64]");
      } else if (faults.sound(halvings) && model.halvings() > most) {
        faults.wrong(
            halvings,
            "must be less than the number of channels, at most "
                + most
                + " for "
                + faults.seen(channels));
      }
    }
    String oracle = "tweedie.model.oracle";
    if (model.oracle() == Oracle.MIXTURE
        && faults.sound(oracle, "tweedie.data.mixture.weights")
        && data.mixture().weights().isEmpty()) {
      faults.wrong(
          oracle,
          "needs the mixture: give tweedie.data.mixture.weights, .means and .stds or .covariances");
    }
    if (model.oracle() == Oracle.DATA
        && faults.sound(oracle, "tweedie.data.path")
        && data.path().isEmpty()) {
      faults.wrong(oracle, "needs the data: give tweedie.data.path");
    }
  }

  private void stableTargets(Train train) {
    String reference = "tweedie.train.stable-targets.reference";
    if (faults.sound(reference, "tweedie.train.batch-size")
        && train.stableTargets().reference() > 0
        && train.stableTargets().reference() < train.batchSize()) {
      faults.wrong(
          reference,
          "must be 0 or at least "
              + faults.seen("tweedie.train.batch-size")
              + ": a minibatch is a part of its reference");
    }
  }

  private void averaging(Averaging averaging) {
    wordOrNumber(
        "tweedie.train.averaging.outer-learning-rate",
        averaging.outerLearningRate(),
        Averaging.PUBLISHED,
        "[1e-9, 1000]");
    wordOrNumber(
        "tweedie.train.averaging.outer-momentum",
        averaging.outerMomentum(),
        Averaging.PUBLISHED,
        "[0, 1)");
    String every = "tweedie.train.averaging.every";
    if (faults.sound(every) && !averaging.every().matches(Averaging.EPOCH + "|0*[1-9][0-9]{0,8}")) {
      faults.wrong(every, "must be epoch or a whole number of at least 1");
    }
  }

  private void classes(Model model) {
    String classes = "tweedie.model.classes";
    if (faults.sound(classes)
        && !List.of(Model.AUTO, Model.NONE).contains(model.classes())
        && !model.classes().matches("0*[1-9][0-9]{0,4}")) {
      faults.wrong(classes, "must be auto, none or a whole number from 1 to 99999");
    }
  }

  private void wordOrNumber(String key, String value, String word, String interval) {
    if (faults.sound(key) && !value.equals(word) && !isNumberIn(value, Interval.of(interval))) {
      faults.wrong(key, "must be " + word + " or " + Interval.of(interval).words("a number"));
    }
  }

  private static boolean isNumberIn(String value, Interval interval) {
    return SettingsReader.isNumber(value) && interval.contains(Double.parseDouble(value));
  }

  private void sample(Sample sample) {
    if (sample.sigmaMin() > 0 && sample.sigmaMax() > 0) {
      faults.ordered("tweedie.sample.sigma-min", "tweedie.sample.sigma-max");
    }
    List<Method> jumpless = List.of(Method.ANNEALED, Method.CONSISTENT);
    if (!sample.finalJump() && !jumpless.contains(sample.method())) {
      faults.wrong(
          "tweedie.sample.final-jump",
          "can be false only for the methods annealed and consistent: the jump is a step of the others");
    }
    below("tweedie.sample.walk-jump.step", sample.walkJump().step(), LARGEST_WALK_STEP);
    below("tweedie.sample.oat.step", sample.oat().step(), LARGEST_WALK_STEP);
    faults.ordered("tweedie.sample.heun.churn-min", "tweedie.sample.heun.churn-max");
    faults.ordered("tweedie.sample.guidance.sigma-min", "tweedie.sample.guidance.sigma-max");
    String image = "tweedie.sample.inpaint.image";
    String mask = "tweedie.sample.inpaint.mask";
    if (sample.inpaint().image().isEmpty() != sample.inpaint().mask().isEmpty()) {
      boolean noMask = sample.inpaint().mask().isEmpty();
      faults.wrong(
          noMask ? image : mask,
          "goes with %s: give both or neither".formatted(noMask ? mask : image));
    }
    // it becomes the name of a directory
    if (!sample.name().matches("([A-Za-z0-9_][A-Za-z0-9._-]*)?")) {
      faults.wrong("tweedie.sample.name", "must consist of letters, digits, '-', '_' and '.'");
    }
  }

  private void score(Score score) {
    if (score.sigmaMin() > 0 && score.sigmaMax() > 0) {
      faults.ordered("tweedie.evaluate.score.sigma-min", "tweedie.evaluate.score.sigma-max");
    }
    String copies = "tweedie.evaluate.score.copies";
    faults.few(copies, score.copies());
    if (faults.sound(copies) && score.copies().isEmpty()) {
      faults.wrong(copies, "must hold at least one number, such as [1, 4]");
    }
  }

  private void classDensity(ByDensity classes) {
    if (classes.sigmaMin() > 0 && classes.sigmaMax() > 0) {
      faults.ordered(
          "tweedie.evaluate.class-density.sigma-min", "tweedie.evaluate.class-density.sigma-max");
    }
  }

  private void likelihood(Likelihood likelihood) {
    String least = "tweedie.evaluate.likelihood.sigma-min";
    String most = "tweedie.evaluate.likelihood.sigma-max";
    faults.few("tweedie.evaluate.likelihood.copies.counts", likelihood.copies().counts());
    if (faults.sound(least, most)
        && likelihood.sigmaMin() > 0
        && likelihood.sigmaMax() > 0
        && likelihood.sigmaMin() >= likelihood.sigmaMax()) {
      faults.wrong(least, "must be less than " + faults.seen(most));
    }
  }

  private void below(String key, double value, double limit) {
    if (faults.sound(key) && value >= limit) {
      faults.wrong(
          key, "must be less than " + (float) limit + ", beyond which the walk is unstable");
    }
  }
}
