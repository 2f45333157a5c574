package tweedie.train;

import tweedie.data.Dequantized;
import tweedie.data.LabeledImage;
import tweedie.network.DenoisingLoss;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.TrainSettings.Augmentation;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.LevelOf;

/**
 * The multi-noisy-sample denoising score-matching objective.
 *
 * <p>For an image x of d pixels: draw a noise level; draw m copies y_i = x + sigma n_i, so that
 * their mean ybar has the noise s = sigma / sqrt(m); the loss is L = w(s) |D(y_1..y_m) - x|^2 / d
 * ({@link DenoisingLoss}).
 *
 * <p>Normalisation: one term for each image, not one for each copy, divided by d (the mean over
 * pixels). It is the score-matching loss of the copies: with the joint scores psi_i = (D - y_i) /
 * sigma^2,
 *
 * <pre>
 *     sum_i |sigma psi_i + n_i|^2 = m |D - x|^2 / sigma^2 = |D - x|^2 / s^2
 * </pre>
 *
 * <p>so that w(s) = 1 / s^2 ({@link tweedie.score.Weighting#SCORE}) is denoising score matching
 * (Vincent 2011) of the m copies with all noise levels weighted alike (Song and Ermon 2019, arXiv
 * 1907.05600, equation 6; for the copies Saremi and Srivastava 2022, arXiv 2112.09822, section 2).
 *
 * <p>With K draws for each image ({@link TrainSettings#draws}) there are K such terms, each with a
 * noise level and noise of its own, and the loss of the image is their mean: its expectation is
 * that of one, and the image is read once.
 *
 * <p>A network that sees only the mean of the copies is given x + s n with one n: the mean has
 * exactly this distribution, and its cost does not depend on m.
 */
public final class Objective {

  private final TrainSettings settings;
  private final DenoisingLoss loss;
  private final Stream levels;
  private final Stream noises;
  private final Stream dequantizations;
  private final Stream classes;
  private final int draws;
  private final Use use;

  /** What it is the objective of. */
  private enum Use {
    TRAINING,
    VALIDATION
  }

  /** Where the random numbers of an image come from. */
  private record Stream(Purpose purpose, long step) {

    /** Where those of another draw come from; draw 0 has those of this. */
    Stream ofDraw(int draw) {
      return new Stream(purpose, step + ((long) draw << Integer.SIZE));
    }
  }

  private Objective(
      TrainSettings settings,
      DenoisingLoss loss,
      Stream levels,
      Stream noises,
      Stream dequantizations,
      Stream classes,
      int draws,
      Use use) {
    this.settings = settings;
    this.loss = loss;
    this.levels = levels;
    this.noises = noises;
    this.dequantizations = dequantizations;
    this.classes = classes;
    this.draws = draws;
    this.use = use;
  }

  /** The objective of training in this epoch; every epoch draws other noise. */
  public static Objective ofEpoch(TrainSettings settings, NetworkSettings network, int epoch) {
    return ofEpoch(settings, network, epoch, settings.draws());
  }

  static Objective ofEpoch(TrainSettings settings, NetworkSettings network, int epoch, int draws) {
    return new Objective(
        settings,
        new DenoisingLoss(network, settings.weighting()),
        new Stream(Purpose.LEVEL, epoch),
        new Stream(Purpose.NOISE, epoch),
        new Stream(Purpose.DEQUANTIZATION, epoch),
        new Stream(Purpose.CLASS, epoch),
        draws,
        Use.TRAINING);
  }

  /** The objective on held-out images, whose noise is always the same. */
  public static Objective ofValidation(TrainSettings settings, NetworkSettings network) {
    return new Objective(
        settings,
        new DenoisingLoss(network, settings.weighting()),
        new Stream(Purpose.VALIDATION, 0),
        new Stream(Purpose.VALIDATION, 1),
        new Stream(Purpose.VALIDATION, 2),
        new Stream(Purpose.VALIDATION, 3),
        1,
        Use.VALIDATION);
  }

  /** Number K of terms of the loss of an image. */
  public int draws() {
    return draws;
  }

  /** Term number {@code draw} of the loss by itself; term 0 is the loss of one draw. */
  public Objective ofDraw(int draw) {
    return draw == 0 && draws == 1
        ? this
        : new Objective(
            settings,
            loss,
            levels.ofDraw(draw),
            noises.ofDraw(draw),
            dequantizations,
            classes.ofDraw(draw),
            1,
            use);
  }

  private Draws draws(Stream stream, long imageId) {
    return Draws.of(settings.seed(), stream.purpose(), imageId, stream.step());
  }

  /**
   * The clean image x that is to be learned, for all draws of noise: this, mirrored or not, and
   * dequantized.
   */
  LabeledImage clean(LabeledImage image) {
    float[] pixels = image.pixels();
    if (isMirrored(image.id())) {
      pixels = image.shape().mirrored(pixels);
    }
    if (settings.dequantization() == Dequantization.UNIFORM) {
      pixels = Dequantized.uniformly(pixels, draws(dequantizations, image.id()));
    }
    return pixels == image.pixels()
        ? image
        : new LabeledImage(image.id(), image.label(), image.shape(), pixels);
  }

  private boolean isMirrored(long imageId) {
    return use == Use.TRAINING
        && settings.augmentation() == Augmentation.FLIP
        && draws(new Stream(Purpose.AUGMENTATION, dequantizations.step()), imageId).uniform() < 0.5;
  }

  /** The class that the network is told of this image. */
  private int told(LabeledImage image) {
    boolean dropped =
        use == Use.TRAINING
            && settings.labelDropout() > 0
            && draws(classes, image.id()).uniform() < settings.labelDropout();
    return dropped || image.label() >= loss.network().classes()
        ? NetworkSettings.NO_CLASS
        : image.label();
  }

  /** The noise of the copies of this image. */
  public CopyNoise noise(long imageId) {
    double level = settings.noise().draw(draws(levels, imageId));
    return settings.levelOf() == LevelOf.MEAN
        ? CopyNoise.ofMean(level, settings.copies())
        : new CopyNoise(level, settings.copies());
  }

  /** The weight w(s) of the squared error at the noise s of the mean of the copies. */
  public double weight(double s) {
    return loss.weight(s);
  }

  /** Writes the network's row of this image to {@code rows}, from {@code at} on. */
  public void noisyRow(LabeledImage image, CopyNoise noise, float[] rows, int at) {
    loss.noisyRow(image.pixels(), noise, told(image), draws(noises, image.id()), rows, at);
  }

  /** Writes the network's label [x, w] of this image to {@code labels}, from {@code at} on. */
  void label(LabeledImage image, CopyNoise noise, float[] labels, int at) {
    loss.label(image.pixels(), noise, labels, at);
  }
}
