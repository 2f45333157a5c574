package tweedie.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;

class ImageGridTest {

  @Test
  void grayImagesFillTheGridRowByRow() throws IOException {
    double[] images = new double[5 * 2 * 3];
    for (int i = 0; i < 5; i++) {
      Arrays.fill(images, i * 6, (i + 1) * 6, (i + 1) / 5.0);
    }
    images[0] = 0.5;
    images[5] = 0.8;
    BufferedImage grid = read(new ImageGrid(new ImageShape(2, 3, 1), 1).png(images));

    assertThat(grid.getWidth()).isEqualTo(2 + 3 * (3 + 2));
    assertThat(grid.getHeight()).isEqualTo(2 + 2 * (2 + 2));
    assertThat(gray(grid, 2, 2)).isEqualTo(128);
    assertThat(gray(grid, 3, 2)).isEqualTo(51);
    assertThat(gray(grid, 4, 3)).as("last pixel of the first image").isEqualTo(204);
    assertThat(gray(grid, 7, 2)).isEqualTo(102);
    assertThat(gray(grid, 7, 6)).as("fifth image").isEqualTo(255);
    assertThat(gray(grid, 12, 6)).as("empty cell").isZero();
    assertThat(gray(grid, 5, 2)).as("padding").isZero();
  }

  @Test
  void rowsAreAsLongAsAsked() throws IOException {
    ImageGrid grid = new ImageGrid(new ImageShape(1, 1, 1), 1);
    BufferedImage wide = read(grid.png(new double[] {0.2, 0.4, 0.6, 0.8, 1}, 4));

    assertThat(wide.getWidth()).isEqualTo(2 + 4 * 3);
    assertThat(wide.getHeight()).isEqualTo(2 + 2 * 3);
    assertThat(gray(wide, 11, 2)).isEqualTo(204);
    assertThat(gray(wide, 2, 5)).isEqualTo(255);
    assertThatThrownBy(() -> grid.png(new double[1], 0))
        .hasMessage("A grid must have at least one column, not 0");
  }

  @Test
  void aPictureHasNothingAroundIt() throws IOException {
    ImageGrid grid = new ImageGrid(new ImageShape(1, 2, 1), 2);
    BufferedImage picture = read(grid.picture(new double[] {0.2, 1}));

    assertThat(picture.getWidth()).isEqualTo(4);
    assertThat(picture.getHeight()).isEqualTo(2);
    assertThat(gray(picture, 0, 0)).isEqualTo(51);
    assertThat(gray(picture, 3, 1)).isEqualTo(255);
    assertThatThrownBy(() -> grid.picture(new double[4]))
        .hasMessage("A picture of 1x2x1 has 2 values, not 4");
  }

  @Test
  void colorsStayInTheirChannelsAndAreClipped() throws IOException {
    double[] image = {1, 0.2, 0, -3, 0.4, 7};
    BufferedImage grid = read(new ImageGrid(new ImageShape(1, 2, 3), 1).png(image));

    assertThat(grid.getRGB(2, 2)).isEqualTo(0xFFFF3300);
    assertThat(grid.getRGB(3, 2)).isEqualTo(0xFF0066FF);
  }

  @Test
  void scaleRepeatsPixels() throws IOException {
    BufferedImage grid = read(new ImageGrid(new ImageShape(1, 2, 1), 3).png(new double[] {1, 0.2}));

    assertThat(grid.getWidth()).isEqualTo(2 + 6 + 2);
    assertThat(grid.getHeight()).isEqualTo(2 + 3 + 2);
    assertThat(gray(grid, 4, 4)).isEqualTo(255);
    assertThat(gray(grid, 5, 2)).isEqualTo(51);
    assertThat(gray(grid, 8, 2)).isZero();
  }

  @Test
  void whatIsNoImageIsRefused() {
    ImageGrid grid = new ImageGrid(new ImageShape(2, 2, 1), 1);
    assertThatThrownBy(() -> new ImageGrid(new ImageShape(2, 2, 2), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A grid shows images of 1 or 3 channels, not 2");
    assertThatThrownBy(() -> new ImageGrid(new ImageShape(2, 2, 1), 0))
        .hasMessage("The scale of a grid must be at least 1, not 0");
    assertThatThrownBy(() -> grid.png(new double[5]))
        .hasMessage("5 values do not divide into one or more images of 2x2x1");
    assertThatThrownBy(() -> grid.png(new double[] {0, 0, 0, Double.NaN}))
        .hasMessage("Every pixel of a grid must be finite");
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static int gray(BufferedImage image, int x, int y) {
    return image.getRaster().getSample(x, y, 0);
  }
}
