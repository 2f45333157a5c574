package tweedie.train.round;

import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Learner.AdamStep;
import tweedie.train.Minibatch;

/** Steps of an engine that keeps all numbers on its device, until they are asked for. */
final class LearnerStepper implements Stepper {

  private final Network network;
  private final Learner learner;
  private final Adam adam;
  private final double clip;
  private int steps;

  /**
   * A network before its first step.
   *
   * @param adam as of {@link Dl4jStepper}
   * @param clip as of {@link Dl4jStepper}
   * @param dropout as of {@link Dl4jStepper}
   * @param engine makes a learner for a network
   */
  LearnerStepper(
      NetworkSettings settings,
      Adam adam,
      Start start,
      double clip,
      double dropout,
      Function<Graph, Learner> engine) {
    this.network = Network.inTraining(settings, dropout);
    this.learner = network.learner(engine);
    this.adam = adam;
    this.clip = clip;
    this.steps = start.steps();
    learner.begin(start.parameters(), start.moments(), start.ema());
  }

  @Override
  public double[] step(Minibatch batch, double decay) {
    int epoch = 0; // the schedule goes by steps
    AdamStep step =
        new AdamStep(
            adam.getLearningRate(steps, epoch),
            adam.getBeta1(),
            adam.getBeta2(),
            adam.getEpsilon(),
            steps,
            clip);
    steps++;
    float[] losses =
        learner.step(network.examples(batch.rows(), batch.labels(), batch.size()), step, decay);
    return IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).toArray();
  }

  @Override
  public float[] denoise(float[] rows, int n) {
    return network.denoise(rows, n, learner);
  }

  @Override
  public boolean isFinite() {
    return learner.isFinite();
  }

  @Override
  public double gradientNorm() {
    return learner.gradientNorm();
  }

  @Override
  public float[] parameters() {
    return learner.parameters();
  }

  @Override
  public float[] moments() {
    return learner.moments();
  }

  @Override
  public float[] ema() {
    return learner.average();
  }

  @Override
  public String engine() {
    return learner.describe();
  }

  @Override
  public void close() {
    learner.close();
    network.close();
  }
}
