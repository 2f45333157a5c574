package tweedie.train.round;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.network.DenoiserLayer;
import tweedie.network.DenoiserLayerRuntime;
import tweedie.network.NetworkSettings;
import tweedie.train.Minibatch;

/** Steps of DL4J's Adam, in native memory until it is closed. */
final class Dl4jStepper implements Stepper {

  private final MultiLayerNetwork model;
  private final INDArray ema;
  private final double clip;

  /**
   * A network before its first step.
   *
   * @param adam its learning rate a schedule over the steps of the run
   * @param clip most norm of the gradient, to which a longer one is scaled; 0 for no limit
   * @param dropout share of the channels of its blocks that it leaves out at random
   */
  Dl4jStepper(NetworkSettings network, Adam adam, Start start, double clip, double dropout) {
    this.clip = clip;
    this.ema = Nd4j.createFromArray(start.ema());
    this.model = new MultiLayerNetwork(DenoiserLayer.configuration(network, dropout, adam));
    model.init(Nd4j.createFromArray(start.parameters()), false);
    model.setUpdater(new MultiLayerUpdater(model, Nd4j.createFromArray(start.moments())));
    // dl4j-spark's own worker loses this clock: learning-rate schedules and Adam's bias correction
    // would start anew each round
    model.setIterationCount(start.steps());
    layer().clip(clip);
  }

  @Override
  public double[] step(Minibatch batch, double decay) {
    try (INDArray rows = batch.nativeRows();
        INDArray labels = batch.nativeLabels()) {
      model.fit(new DataSet(rows, labels));
    }
    ema.muli(decay);
    Nd4j.getBlasWrapper().level1().axpy(ema.length(), 1 - decay, model.params(), ema);
    return layer().losses();
  }

  @Override
  public float[] denoise(float[] rows, int n) {
    return layer().denoise(rows, n);
  }

  @Override
  public boolean isFinite() {
    // a gradient whose norm overflows would be scaled to 0
    return Double.isFinite(model.getUpdater().getStateViewArray().sumNumber().doubleValue())
        && (clip == 0 || Double.isFinite(gradientNorm()));
  }

  @Override
  public double gradientNorm() {
    return layer().gradientNorm();
  }

  @Override
  public float[] parameters() {
    return model.params().data().asFloat();
  }

  @Override
  public float[] moments() {
    return model.getUpdater().getStateViewArray().data().asFloat();
  }

  @Override
  public float[] ema() {
    return ema.data().asFloat();
  }

  @Override
  public String engine() {
    return layer().engine();
  }

  private DenoiserLayerRuntime layer() {
    return (DenoiserLayerRuntime) model.getOutputLayer();
  }

  @Override
  public void close() {
    DenoiserLayer.free(model);
    ema.close();
  }
}
