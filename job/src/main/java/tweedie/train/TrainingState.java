package tweedie.train;

import java.io.Serializable;

/**
 * What a run has learnt after a number of rounds: all that training needs to go on.
 *
 * @param round rounds done
 * @param images images seen by all workers together
 * @param steps optimizer steps taken one after the other (of the worker that took most, in each
 *     round)
 * @param parameters the shared weights, [P]
 * @param moments Adam's first moments, then its second moments, [2 P]
 * @param ema the moving average of the weights, [P]
 */
public record TrainingState(
    int round, long images, int steps, float[] parameters, float[] moments, float[] ema)
    implements Serializable {

  /** The state before the first round. */
  public static TrainingState initial(float[] parameters) {
    return new TrainingState(
        0, 0, 0, parameters, new float[2 * parameters.length], parameters.clone());
  }
}
