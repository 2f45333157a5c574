package tweedie.train.averaging;

/** The mean itself: federated averaging (McMahan et al. 2017, arXiv 1602.05629). */
public record WeightedMean() implements OuterStep {

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public Outcome after(float[] start, double[] mean, float[] momentum, double learningRate) {
    float[] parameters = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      parameters[i] = (float) mean[i];
    }
    return new Outcome(parameters, momentum);
  }
}
