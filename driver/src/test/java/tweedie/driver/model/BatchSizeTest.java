package tweedie.driver.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;

class BatchSizeTest {

  /** A model an image of which takes so many bytes. */
  private record Sized(ImageShape shape, long bytesPerImage) implements RunModel {

    @Override
    public String name() {
      return "sized";
    }

    @Override
    public Denoiser denoiser() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int largestBatch(long bytes) {
      return (int) Math.max(1, bytes / bytesPerImage);
    }

    @Override
    public List<WalkStatistic> walkStatistics(double s) {
      return List.of();
    }
  }

  private static int useful(ImageShape shape, long bytes) {
    return BatchSize.useful(new Sized(shape, 1000), bytes);
  }

  @Test
  void ofLargeImages32AreEnough() {
    assertThat(useful(new ImageShape(32, 32, 3), 1_000_000_000)).isEqualTo(32);
    assertThat(useful(new ImageShape(28, 28, 1), 1_000_000_000)).isEqualTo(32);
  }

  @Test
  void ofFewValuesMoreAreTakenTogetherButNotAll() {
    assertThat(useful(new ImageShape(10, 10, 1), 1_000_000_000)).isEqualTo(250);
    assertThat(useful(new ImageShape(1, 1, 2), 1_000_000_000)).isEqualTo(512);
  }

  @Test
  void aCallThatIsTriedIsOfSoManyImages() {
    Called model = new Called(new ArrayList<>());
    BatchSize.compute(model, 5, false);
    BatchSize.compute(model, 7, true);
    assertThat(model.calls)
        .containsExactly(
            "5 images at noise 1.0", "freed", "7 images at noise 1.0", "1 product", "freed");
  }

  @Test
  void aCallThatFailsEndsToo() {
    Called model = new Called(new ArrayList<>());
    assertThatThrownBy(() -> BatchSize.compute(model, 0, false)).hasMessage("none");
    assertThat(model.calls).containsExactly("freed");
  }

  /** A model of points that remembers how it was called. */
  private record Called(List<String> calls) implements RunModel, DifferentiableDenoiser {

    @Override
    public String name() {
      return "called";
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 1, 2);
    }

    @Override
    public int dimension() {
      return shape().dimension();
    }

    @Override
    public Denoiser denoiser() {
      return this;
    }

    @Override
    public DifferentiableDenoiser differentiable() {
      return this;
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      if (s.length == 0) {
        throw new IllegalStateException("none");
      }
      calls.add("%d images at noise %s".formatted(y.length / dimension(), s[0]));
    }

    @Override
    public void denoise(
        double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
      denoise(y, s, out);
      calls.add("%d product".formatted(vectors.length));
    }

    @Override
    public void free() {
      calls.add("freed");
    }
  }

  @Test
  void itFitsIntoTheMemory() {
    assertThat(useful(new ImageShape(28, 28, 1), 5_000)).isEqualTo(5);
    assertThat(useful(new ImageShape(1, 1, 2), 10)).isEqualTo(1);
  }
}
