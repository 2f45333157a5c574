package tweedie.driver.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import tweedie.data.MayBeAbsent;

/**
 * What {@code diagnostics.json} says of all samples of a directory.
 *
 * @param model what was sampled
 * @param round after which it had its weights; 0 of a model that was not trained
 * @param sampler how, in words
 * @param callsPerChain calls of the denoiser
 * @param samples how many there are
 * @param drawn how many of them the last call drew
 * @param divergedChains numbers of the chains that were stopped because a value was not finite
 * @param seconds that the last call took
 * @param imagesPerSecond of the last call
 * @param levels what the chains did at each noise level
 * @param mixing of the chains of a walk; null of others
 * @param warnings what looks wrong, in words
 */
public record Diagnostics(
    String model,
    @MayBeAbsent Integer round,
    String sampler,
    long callsPerChain,
    long samples,
    long drawn,
    @MayBeAbsent List<Long> divergedChains,
    double seconds,
    double imagesPerSecond,
    @MayBeAbsent List<Level> levels,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) List<Mixing> mixing,
    @MayBeAbsent List<String> warnings) {

  /** Name of the file. */
  public static final String FILE = "diagnostics.json";

  /** Files of earlier versions say less. */
  public Diagnostics {
    round = EarlierFiles.round(round, model);
    divergedChains = divergedChains == null ? List.of() : divergedChains;
    levels = levels == null ? List.of() : levels;
    warnings = warnings == null ? List.of() : warnings;
  }

  /**
   * One noise level.
   *
   * @param s noise
   * @param chains that were there
   * @param meanSquaredDisplacement of a chain
   * @param scoreNorm norm of the score times s / sqrt(d)
   * @param noiseVarianceRatio its square: the variance of the noise, as the score tells it, over
   *     s^2
   * @param predictedVarianceRatio the most that the method predicts
   * @param accepted whether the one agrees with the other
   */
  @JsonPropertyOrder({
    "s",
    "chains",
    "mean_squared_displacement",
    "score_norm_times_s_over_sqrt_d"
  }) // the others follow
  public record Level(
      double s,
      long chains,
      double meanSquaredDisplacement,
      @JsonProperty("score_norm_times_s_over_sqrt_d") double scoreNorm,
      double noiseVarianceRatio,
      double predictedVarianceRatio,
      boolean accepted) {}

  /**
   * How well chains have mixed by one statistic.
   *
   * @param jumps of each chain
   * @param rHat split R-hat; null, as the others, where all draws are the same and it does not
   *     exist
   * @param effectiveSamples independent samples that they are worth
   * @param autocorrelationJumps autocorrelation time
   */
  public record Mixing(
      String statistic,
      int chains,
      int jumps,
      @MayBeAbsent Double rHat,
      @MayBeAbsent Double effectiveSamples,
      @MayBeAbsent Double autocorrelationJumps) {}
}
