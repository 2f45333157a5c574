package tweedie.train.averaging;

import tweedie.data.ImageRows;

/** The mean itself: federated averaging (McMahan et al. 2017, arXiv 1602.05629). */
public record WeightedMean() implements OuterStep {

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public Outcome after(float[] start, double[] mean, float[] momentum, double learningRate) {
    return new Outcome(ImageRows.floats(mean), momentum);
  }
}
