package tweedie.driver.study;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.network.NetworkSettings.Input;

/**
 * How a training of a study differs from its control, which is a network of the mean of the copies,
 * with one draw of noise for each image and plain targets. The noise s of the mean of the copies is
 * drawn alike in all.
 *
 * @param name names it in files and tables
 * @param input what the network sees of the copies
 * @param copies number m of copies; without meaning for a network of their mean at matched noise
 * @param draws K, draws of noise for each image of a minibatch
 * @param images K, as many images in a minibatch as the control's times this
 * @param reference images among which targets are averaged; 0 for plain targets
 * @param measured what is measured of the trained network
 */
record StudyVariant(
    String name, Input input, int copies, int draws, int images, int reference, Measured measured)
    implements Serializable {

  /** What is measured of a trained network. */
  enum Measured {
    /** Its error at noise levels. */
    ERROR,
    /** The spread of its gradient. */
    GRADIENT
  }

  static final StudyVariant CONTROL =
      new StudyVariant("mean", Input.MEAN, 1, 1, 1, 0, Measured.ERROR);

  static final StudyVariant GRADIENTS =
      new StudyVariant("gradients", Input.MEAN, 1, 1, 1, 0, Measured.GRADIENT);

  /** A network that sees all copies, at the noise s of the control. */
  static StudyVariant stacked(int copies) {
    return new StudyVariant("stacked-" + copies, Input.STACKED, copies, 1, 1, 0, Measured.ERROR);
  }

  static StudyVariant ofDraws(int draws) {
    return new StudyVariant("draws-" + draws, Input.MEAN, 1, draws, 1, 0, Measured.ERROR);
  }

  /** As many terms of the loss as K draws make, each of another image. */
  static StudyVariant ofFresh(int images) {
    return new StudyVariant("fresh-" + images, Input.MEAN, 1, 1, images, 0, Measured.ERROR);
  }

  static StudyVariant stable(int reference) {
    return new StudyVariant("stable-" + reference, Input.MEAN, 1, 1, 1, reference, Measured.ERROR);
  }

  /** All trainings that these questions need of one data set, each once. */
  static List<StudyVariant> of(Settings.Study study, List<Hypothesis> hypotheses) {
    Set<StudyVariant> variants = new LinkedHashSet<>();
    variants.add(CONTROL);
    for (Hypothesis hypothesis : hypotheses) {
      switch (hypothesis) {
        case INFORMATION, MATCHED ->
            study.copies().stream()
                .filter(copies -> copies > 1)
                .forEach(copies -> variants.add(stacked(copies)));
        case DRAWS -> {
          if (study.trainedDraws() > 1) {
            variants.add(ofDraws(study.trainedDraws()));
            variants.add(ofFresh(study.trainedDraws()));
          }
          variants.add(GRADIENTS);
        }
        case STABLE -> study.references().forEach(reference -> variants.add(stable(reference)));
      }
    }
    return new ArrayList<>(variants);
  }
}
