package tweedie.train.round;

import java.io.Serializable;
import tweedie.train.TrainSettings;
import tweedie.train.averaging.OuterStep;

/**
 * What a run has learnt after a number of rounds: all that training needs to go on.
 *
 * @param round rounds done
 * @param position where the next round begins
 * @param images images seen by all workers together
 * @param steps optimizer steps taken one after the other (of the worker that took most, in each
 *     round)
 * @param parameters the shared weights, [P]
 * @param moments Adam's first moments, then its second moments, [2 P]; those of all K workers one
 *     after the other, [2 K P], once workers have {@link TrainSettings.Moments#OWN their own}
 * @param ema the moving average of the weights, [P]
 * @param momentum what the {@link OuterStep} remembers, [P]; empty if nothing
 * @param halvings how often the learning rate was halved by {@link
 *     TrainSettings.OnDivergence#ROLLBACK}
 */
public record TrainingState(
    int round,
    Position position,
    long images,
    int steps,
    float[] parameters,
    float[] moments,
    float[] ema,
    float[] momentum,
    int halvings)
    implements Serializable {

  private static final float[] NONE = {};

  /**
   * A place in the passes over the data.
   *
   * @param epoch whole passes done
   * @param step steps that a worker has begun its present pass with; 0 between passes
   */
  public record Position(int epoch, int step) implements Serializable {}

  /** The state after rounds of a whole epoch each and no {@link OuterStep} that remembers. */
  public TrainingState(
      int round, long images, int steps, float[] parameters, float[] moments, float[] ema) {
    this(round, new Position(round, 0), images, steps, parameters, moments, ema, NONE, 0);
  }

  /** The state before the first round. */
  public static TrainingState initial(float[] parameters) {
    return new TrainingState(
        0, 0, 0, parameters, new float[2 * parameters.length], parameters.clone());
  }

  /** The same with the learning rate halved once more. */
  TrainingState slowed() {
    return new TrainingState(
        round, position, images, steps, parameters, moments, ema, momentum, halvings + 1);
  }

  /** The same of the parameters from number {@code from} to before {@code to} only. */
  TrainingState part(int from, int to) {
    int length = parameters.length;
    return new TrainingState(
        round,
        position,
        images,
        steps,
        RoundPart.cut(parameters, length, from, to),
        RoundPart.cut(moments, length, from, to),
        RoundPart.cut(ema, length, from, to),
        RoundPart.cut(momentum, length, from, to),
        halvings);
  }

  /** Whole passes over the data that are done. */
  public int epoch() {
    return position.epoch();
  }
}
