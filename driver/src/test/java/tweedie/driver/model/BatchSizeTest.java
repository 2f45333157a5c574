package tweedie.driver.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.score.Denoiser;

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
  void itFitsIntoTheMemory() {
    assertThat(useful(new ImageShape(28, 28, 1), 5_000)).isEqualTo(5);
    assertThat(useful(new ImageShape(1, 1, 2), 10)).isEqualTo(1);
  }
}
