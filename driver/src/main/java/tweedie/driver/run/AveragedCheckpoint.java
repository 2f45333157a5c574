package tweedie.driver.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.train.AverageProfile;
import tweedie.train.AverageProfile.Combination;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.train.round.TrainingState;

/**
 * A checkpoint with another moving average of the weights, made of those of all checkpoints of the
 * run up to it.
 *
 * @param length standard deviation of the average over the images seen, as a share of these
 */
public record AveragedCheckpoint(CheckpointChoice chosen, double length)
    implements CheckpointChoice {

  /**
   * A combination farther from the average that is wanted leaves whole stretches of training out;
   * at less there are gaps only where weights that were kept early lie close together.
   */
  private static final double LARGEST_ERROR = 0.3;

  private static final Logger LOG = LoggerFactory.getLogger(AveragedCheckpoint.class);

  @Override
  public String words() {
    return ", its weights averaged over %s of training".formatted(length);
  }

  /**
   * {@inheritDoc}
   *
   * @throws DataException if the checkpoints that were kept do not give this average
   */
  @Override
  public Optional<Checkpoint> from(Checkpoints checkpoints) throws IOException {
    Optional<Checkpoint> last = chosen.from(checkpoints);
    return last.isEmpty() ? last : Optional.of(averaged(last.get(), checkpoints));
  }

  private Checkpoint averaged(Checkpoint last, Checkpoints checkpoints) throws IOException {
    Ema ema = ema(last);
    List<Checkpoint> kept = new ArrayList<>();
    for (int round : checkpoints.rounds()) {
      if (round < last.state().round()) {
        Checkpoint one = checkpoints.load(round);
        if (!ema(one).equals(ema)) {
          throw new DataException(
              "--ema %s needs checkpoints of one moving average, and those of rounds %d and %d were trained with other settings of tweedie.train.ema"
                  .formatted(length, round, last.state().round()));
        }
        kept.add(one);
      }
    }
    kept.add(last);
    Combination combination =
        AverageProfile.combine(
            ema, kept.stream().map(one -> one.state().images()).toList(), length);
    if (combination.error() > LARGEST_ERROR) {
      throw new DataException(
          "The %d checkpoints that the run keeps up to round %d give an average over %s of training to within %.0f %% only: train with a larger tweedie.train.keep-checkpoints, or a smaller tweedie.train.ema.ramp-up for shorter averages"
              .formatted(kept.size(), last.state().round(), length, 100 * combination.error()));
    }
    LOG.info(
        "weights averaged over {} of training, from {} checkpoints, to within {} %",
        length, kept.size(), "%.1f".formatted(100 * combination.error()));
    double[] sum = new double[last.state().ema().length];
    for (int i = 0; i < kept.size(); i++) {
      float[] weights = kept.get(i).state().ema();
      for (int j = 0; j < sum.length; j++) {
        sum[j] += combination.factors()[i] * weights[j];
      }
    }
    TrainingState state = last.state();
    return new Checkpoint(
        last.network(),
        new TrainingState(
            state.round(),
            state.position(),
            state.images(),
            state.steps(),
            state.parameters(),
            state.moments(),
            ImageRows.floats(sum),
            state.momentum(),
            state.halvings()),
        last.origin());
  }

  private static Ema ema(Checkpoint checkpoint) {
    String config =
        checkpoint
            .origin()
            .orElseThrow(
                () ->
                    new DataException(
                        "--ema needs checkpoints that say with which moving average they were trained, and round %d is of an earlier version"
                            .formatted(checkpoint.state().round())))
            .config();
    return FromSettings.training(
            SettingsLoader.load(new ConfigText("its config.conf", config)).settings())
        .ema();
  }
}
