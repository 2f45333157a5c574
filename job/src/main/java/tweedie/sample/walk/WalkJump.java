package tweedie.sample.walk;

import java.util.List;
import java.util.function.UnaryOperator;
import tweedie.sample.ChainBatch;
import tweedie.sample.ChainStart;
import tweedie.sample.LevelObserver;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.sample.Words;
import tweedie.sample.walk.Integrator.Phase;
import tweedie.score.Denoiser;
import tweedie.score.MeanNoise;
import tweedie.score.TweedieFormula;

/**
 * Walk-jump sampling (Saremi and Hyvarinen 2019, arXiv 1909.05503; with underdamped walks, Saremi
 * and Srivastava 2022, arXiv 2112.09822): a Langevin walk y on the density of the data with one
 * noise s, and every few steps a jump to the clean image D(y, s), from which the walk does not
 * return.
 *
 * <p>The jumps have the distribution of D(y), y = x + s n, which is narrower than the data by the
 * posterior covariance at s. The image of a chain is its last jump.
 *
 * @param start where chains begin, at rest
 * @param s noise of the mean of the copies
 * @param integrator the steps of the walk
 * @param burnIn steps before those that lead to the first jump, at least 0
 * @param stepsPerJump steps before every jump, at least 1
 * @param jumps number of jumps, at least 1
 */
public record WalkJump(
    ChainStart start, double s, Integrator integrator, int burnIn, int stepsPerJump, int jumps)
    implements Sampler {

  /**
   * What a walk gives.
   *
   * @param jump the last jumps
   * @param end where the chains that stayed finite are
   */
  public record Walked(Samples jump, WalkState end) {}

  /**
   * @throws IllegalArgumentException if the steps are unstable or there is no jump
   */
  public WalkJump {
    new NoiseLevels(List.of(s));
    integrator.requireStable(s);
    if (burnIn < 0 || stepsPerJump < 1 || jumps < 1) {
      throw new IllegalArgumentException(
          "A walk needs at least 0 steps of burn-in, one step a jump and one jump, not %d, %d and %d"
              .formatted(burnIn, stepsPerJump, jumps));
    }
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    return walk(denoiser, seed, begin(seed, chains), (step, images) -> {}, observer).jump();
  }

  /** The same walk with this number of jumps. */
  public WalkJump ofJumps(int number) {
    return new WalkJump(start, s, integrator, burnIn, stepsPerJump, number);
  }

  /** The chains before their first step. */
  public WalkState begin(long seed, long[] chains) {
    double[] y = start.draw(seed, chains);
    return new WalkState(chains.clone(), y, new double[y.length], 0);
  }

  /**
   * Walks on: what is left of the burn-in, then the steps to {@code jumps} jumps. Two walks one
   * after the other are the same as one that is as long.
   *
   * @param denoiser E[x | y]; stays open
   * @param seed seed of the run
   * @param from the {@link #begin beginning} or the end of an earlier walk
   * @param observer told about every jump
   * @throws IllegalArgumentException if the denoiser has another dimension than the start
   */
  public Walked walk(Denoiser denoiser, long seed, WalkState from, JumpObserver observer) {
    return walk(denoiser, seed, from, observer, end -> {});
  }

  /**
   * {@link #walk(Denoiser, long, WalkState, JumpObserver)}, with somebody told where it ends.
   *
   * @param ending told once, of the one noise level
   */
  public Walked walk(
      Denoiser denoiser, long seed, WalkState from, JumpObserver observer, LevelObserver ending) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, from.chains());
    UnaryOperator<double[]> denoised = new RememberedScore(y -> batch.denoise(y, s));
    UnaryOperator<double[]> score =
        y -> TweedieFormula.marginal(denoised.apply(y), y, new MeanNoise(s));
    Phase phase = new Phase(from.y(), from.v());
    long step = from.step();
    while (step < burnIn) {
      phase = integrator.step(phase, score, batch.noise(++step));
    }
    Samples jump = null;
    for (int k = 0; k < jumps; k++) {
      for (int t = 0; t < stepsPerJump; t++) {
        phase = integrator.step(phase, score, batch.noise(++step));
      }
      jump = batch.samples(denoised.apply(phase.y()));
      observer.jumped(step, jump);
    }
    batch.move(phase.y());
    batch.levelDone(0, s, ending);
    WalkState end =
        new WalkState(jump.chains(), batch.going(phase.y()), batch.going(phase.v()), step);
    return new Walked(jump, end);
  }

  @Override
  public NoiseLevels levels() {
    return new NoiseLevels(List.of(s));
  }

  @Override
  public int calls() {
    return integrator.calls(burnIn + jumps * stepsPerJump, jumps);
  }

  @Override
  public String description() {
    return Words.of(
        "walk-jump: noise %.4g, %s, a jump every %d steps after %d of burn-in",
        s, integrator, stepsPerJump, burnIn);
  }
}
