package tweedie.evaluate.likelihood;

import tweedie.score.Draws;

/** Random vectors v with E[v v^T] = I, so that E[v^T A v] is the trace of A (Hutchinson 1990). */
public enum Probe {
  /** Each value is 1 or -1; v^T A v has the variance 2 sum_{i != j} A_ij^2 for symmetric A. */
  RADEMACHER {
    @Override
    double draw(Draws draws) {
      return draws.below(2) == 0 ? -1 : 1;
    }
  },
  /** Standard normal values; v^T A v has the variance 2 |A|_F^2 for symmetric A. */
  GAUSSIAN {
    @Override
    double draw(Draws draws) {
      return draws.gaussian();
    }
  };

  /** The next value. */
  abstract double draw(Draws draws);
}
