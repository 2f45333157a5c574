package tweedie.network;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import tweedie.data.DataException;
import tweedie.data.Json;

/**
 * Configuration of a whole {@link Network} as one layer of a DL4J network, so that DL4J's updaters
 * and dl4j-spark see one flat parameter vector.
 *
 * <p>The layer's features are the rows of {@link Network}; its labels are rows [x, w] of the clean
 * image and the weight of its squared error. The score is the sum over the batch of w |D - x|^2 /
 * d.
 */
public final class DenoiserLayer extends BaseOutputLayer {

  private static final long serialVersionUID = 1L;

  /**
   * The {@link NetworkSettings} as JSON: the Jackson inside ND4J, which writes this object, knows
   * no records.
   */
  private String architecture;

  private double channelDropout;

  /** For Jackson. */
  public DenoiserLayer() {}

  private DenoiserLayer(NetworkSettings settings, double dropout) {
    this.architecture = toJson(settings);
    this.channelDropout = dropout;
    setLossFn(new LossL2());
  }

  /** The DL4J network of one denoising network, trained without dropout. */
  public static MultiLayerConfiguration configuration(NetworkSettings settings, IUpdater updater) {
    return configuration(settings, 0, updater);
  }

  /**
   * The DL4J network of one denoising network.
   *
   * @param dropout share of the channels of its blocks that training leaves out at random, in [0,
   *     1)
   * @param updater DL4J's updater, its learning rate a schedule over the steps of the run
   */
  public static MultiLayerConfiguration configuration(
      NetworkSettings settings, double dropout, IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .updater(updater)
        .trainingWorkspaceMode(WorkspaceMode.NONE) // the network keeps its own arrays
        .inferenceWorkspaceMode(WorkspaceMode.NONE)
        .list(new DenoiserLayer(settings, dropout))
        .validateOutputLayerConfig(false)
        .build();
  }

  /**
   * Frees the native memory of a network of {@link #configuration}. Its own {@code close} does no
   * more, and has the garbage of the whole heap collected, twice, which takes longer than a short
   * round.
   */
  public static void free(MultiLayerNetwork model) {
    ((DenoiserLayerRuntime) model.getOutputLayer()).release();
    Updater updater = model.getUpdater(false);
    Stream.of(
            model.params(),
            model.getFlattenedGradients(),
            updater == null ? null : updater.getStateViewArray())
        .filter(array -> array != null && array.closeable())
        .forEach(INDArray::close);
  }

  /** The architecture as JSON, for model files. */
  public static String toJson(NetworkSettings settings) {
    return Json.LINE.text(settings);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws DataException if it is something else
   */
  public static NetworkSettings fromJson(String json) {
    return Json.EXACT.read(json, NetworkSettings.class, "network.json");
  }

  /** The {@link NetworkSettings} as JSON. */
  public String getArchitecture() {
    return architecture;
  }

  /** For Jackson. */
  public void setArchitecture(String architecture) {
    this.architecture = architecture;
  }

  /** Share of the channels of its blocks that training leaves out at random. */
  public double getChannelDropout() {
    return channelDropout;
  }

  /** For Jackson. */
  public void setChannelDropout(double share) {
    this.channelDropout = share;
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParameters,
      DataType dataType) {
    DenoiserLayerRuntime layer =
        new DenoiserLayerRuntime(
            conf, dataType, Network.inTraining(fromJson(architecture), channelDropout));
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initializeParameters));
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return new Parameters(new Network(fromJson(architecture)).parameterCount());
  }

  /**
   * None. DL4J asks in every step for each parameter, and would have a network made to tell weights
   * from biases.
   */
  @Override
  public List<Regularization> getRegularizationByParam(String name) {
    return List.of();
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(fromJson(architecture).shape().dimension());
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    // the architecture says it
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String name) {
    return false;
  }

  /**
   * The flat vector as one parameter: DL4J's updater makes arrays for each in every step, and names
   * are {@link Network}'s to know. Initial weights are set by {@link Network#initialParameters},
   * not here.
   */
  private record Parameters(long count) implements ParamInitializer {

    private static final String ALL = "weights";

    @Override
    public long numParams(NeuralNetConfiguration conf) {
      return count;
    }

    @Override
    public long numParams(Layer layer) {
      return count;
    }

    @Override
    public List<String> paramKeys(Layer layer) {
      return List.of(ALL);
    }

    @Override
    public List<String> weightKeys(Layer layer) {
      return paramKeys(layer);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
      return List.of();
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
      return true;
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
      return false;
    }

    @Override
    public Map<String, INDArray> init(
        NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
      conf.addVariable(ALL);
      return getGradientsFromFlattened(conf, parameters);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
        NeuralNetConfiguration conf, INDArray flat) {
      return new LinkedHashMap<>(Map.of(ALL, flat));
    }
  }
}
