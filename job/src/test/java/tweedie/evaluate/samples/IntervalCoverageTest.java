package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The short form of what the program measures for docs/evaluation.md. */
class IntervalCoverageTest {

  private static final int SPLITS = 100;
  private static final int ROWS = 240;

  @Test
  void intervalsHoldTheTrueNumberAndPValuesAreUniform() {
    IntervalCoverage coverage = new IntervalCoverage();
    for (int split = 0; split < SPLITS; split++) {
      coverage.mixture(ROWS, split, false);
    }
    // four standard deviations of a share of 95 % of 100 below it
    coverage
        .coverage()
        .forEach((metric, held) -> assertThat(held).as(metric).isGreaterThanOrEqualTo(0.87));
    coverage.uniformity().forEach((test, p) -> assertThat(p).as(test).isGreaterThan(1e-4));
  }
}
