package tweedie.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.network.Network;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.ComputeSettings;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputeSettings.LayoutChoice;
import tweedie.network.graph.Precision;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.whole.Configured;

/** Networks and images whose values do not matter, of the size of MNIST's. */
final class Benchmarked {

  static final ImageShape SHAPE = new ImageShape(28, 28, 1);
  static final long SEED = 1;

  private Benchmarked() {}

  static Configured preset(String preset, String... more) {
    List<String> overrides = new ArrayList<>(List.of(more));
    overrides.add("tweedie.model.preset=" + preset);
    return Configured.by(overrides.toArray(String[]::new));
  }

  /**
   * Has networks that are made from now on computed by another engine.
   *
   * @param engine as tweedie.compute.engine, or {@code channels-last} for oneDNN in that layout, or
   *     {@code bfloat16} for oneDNN in that precision
   */
  static void computedBy(String engine) {
    boolean last = engine.equals("channels-last");
    boolean half = engine.equals("bfloat16");
    ComputeSettings.useOutsideSpark(
        new ComputeSettings(
            last || half ? Choice.ONEDNN : Choice.valueOf(engine.toUpperCase(Locale.ROOT)),
            last ? LayoutChoice.CHANNELS_LAST : LayoutChoice.AUTO,
            half ? Precision.BFLOAT16 : Precision.FLOAT32,
            true,
            false));
  }

  /** Weights as they may be after some training: the gains, which begin at 0, are not. */
  static float[] weights(NetworkSettings settings) {
    try (Network network = new Network(settings)) {
      float[] weights = network.initialParameters(SEED);
      Draws draws = Draws.of(SEED, Purpose.ORACLE, -1, 0);
      for (ParameterShape parameter : network.parameters()) {
        if (parameter.shape().length == 1) {
          weights[(int) parameter.offset()] = (float) (0.5 + draws.uniform());
        }
      }
      return weights;
    }
  }

  static List<LabeledImage> images(int count) {
    List<LabeledImage> images = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      Draws draws = Draws.of(SEED, Purpose.ORACLE, id, 0);
      float[] pixels = new float[SHAPE.dimension()];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (float) draws.uniform();
      }
      images.add(new LabeledImage(id, -1, SHAPE, pixels));
    }
    return images;
  }
}
