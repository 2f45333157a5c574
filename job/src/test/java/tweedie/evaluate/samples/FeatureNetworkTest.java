package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

class FeatureNetworkTest {

  private static final ImageShape GRAY = new ImageShape(2, 3, 1);
  private static final ImageShape COLOUR = new ImageShape(2, 3, 3);
  private static final Offset<Float> ROUNDING = within(1e-4f);

  /** Feature f is the value at position f of what the network sees. */
  private static float[] identity(int d) {
    float[] weights = new float[d * d];
    for (int i = 0; i < d; i++) {
      weights[i * d + i] = 1;
    }
    return weights;
  }

  private static float[] ramp(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i / 255f;
    }
    return values;
  }

  private static float[] features(byte[] file, ImageShape shape, float[] images) {
    try (FeatureNetwork network = new FeatureNetwork(file, "net.onnx", shape, 1)) {
      return network.features(images);
    }
  }

  @Test
  void floatsComeAsTheyAreInTheOrderThatTheNetworkHas() {
    float[] image = ramp(18);
    float[] last = features(OnnxFile.matrix(false, identity(18), 18, -1, 2, 3, 3), COLOUR, image);
    assertThat(last).containsExactly(image, ROUNDING);

    float[] first = features(OnnxFile.matrix(false, identity(18), 18, -1, 3, 2, 3), COLOUR, image);
    float[] planes = new float[18];
    for (int at = 0; at < 18; at++) {
      planes[at % 3 * 6 + at / 3] = image[at];
    }
    assertThat(first).containsExactly(planes, ROUNDING);
  }

  @Test
  void bytesAreTheRoundedPixels() {
    float[] image = {0, 0.5f, 1, 1.5f, -1, 0.25f};
    assertThat(features(OnnxFile.matrix(true, identity(6), 6, -1, 1, 2, 3), GRAY, image))
        .containsExactly(0, 128, 255, 255, 0, 64);
  }

  @Test
  void grayImagesGoToThreeChannels() {
    float[] seen = features(OnnxFile.matrix(false, identity(18), 18, -1, 3, -1, -1), GRAY, ramp(6));
    for (int channel = 0; channel < 3; channel++) {
      assertThat(Arrays.copyOfRange(seen, channel * 6, channel * 6 + 6))
          .containsExactly(ramp(6), ROUNDING);
    }
  }

  @Test
  void manyImagesAreAsEachAlone() {
    float[] images = ramp(18 * 70);
    byte[] file = OnnxFile.matrix(false, identity(18), 18, -1, 2, 3, 3);
    assertThat(features(file, COLOUR, images)).containsExactly(images, ROUNDING);
  }

  @Test
  void pointsAreRows() {
    ImageShape points = new ImageShape(1, 1, 2);
    byte[] file = OnnxFile.matrix(false, new float[] {1, 0, 1, 0, 1, -1}, 3, -1, 2);
    assertThat(features(file, points, new float[] {5, 7})).containsExactly(5, 7, -2);
  }

  private static void assertRefused(byte[] file, ImageShape shape, String... words) {
    assertThatThrownBy(() -> new FeatureNetwork(file, "net.onnx", shape, 1))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("The feature network net.onnx ")
        .hasMessageContainingAll(words);
  }

  @Test
  void whatTakesNoSuchImagesIsRefused() {
    assertRefused(new byte[] {1, 2, 3}, GRAY, "cannot be read");
    assertRefused(
        OnnxFile.matrix(false, identity(8), 8, -1, 2, 2, 2), GRAY, "takes [-1, 2, 2, 2]", "2x3x1");
    assertRefused(
        OnnxFile.matrix(false, identity(18), 18, 1, 3, 2, 3), COLOUR, "takes [1, 3, 2, 3]");
    assertRefused(OnnxFile.matrix(true, identity(2), 2, -1, 2), new ImageShape(1, 1, 2), "takes");
    // of any size, but the matrix is not
    assertRefused(OnnxFile.matrix(false, identity(5), 5, -1, 1, -1, -1), GRAY, "fails");
  }

  @Test
  void featuresThatAreNotFiniteAreRefused() {
    byte[] file = OnnxFile.matrix(false, new float[] {Float.NaN, 0}, 1, -1, 2);
    try (FeatureNetwork network =
        new FeatureNetwork(file, "net.onnx", new ImageShape(1, 1, 2), 1)) {
      assertThatThrownBy(() -> network.features(new float[2]))
          .hasMessage("The feature network net.onnx gives the feature NaN");
    }
  }
}
