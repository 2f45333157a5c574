package tweedie.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;

class ChainStripTest {

  private final ChainStrip strip = new ChainStrip(new ImageShape(1, 1, 1), 1);

  @Test
  void columnsAreSpreadFromFirstToLast() {
    assertThat(ChainStrip.columns(100, 12))
        .containsExactly(0, 9, 18, 27, 36, 45, 54, 63, 72, 81, 90, 99);
    assertThat(ChainStrip.columns(13, 12))
        .hasSize(12)
        .startsWith(0)
        .endsWith(12)
        .doesNotHaveDuplicates()
        .isSorted();
    assertThat(ChainStrip.columns(5, 12)).containsExactly(0, 1, 2, 3, 4);
    assertThat(ChainStrip.columns(1, 12)).containsExactly(0);
    assertThat(ChainStrip.columns(7, 2)).containsExactly(0, 6);
  }

  @Test
  void everyChainIsARowAndEveryLevelAColumn() throws IOException {
    BufferedImage image =
        read(
            strip.png(
                List.of(new double[] {0.2, 0.4}, new double[] {9, 0.6}, new double[] {0.8, -9})));

    assertThat(image.getWidth()).isEqualTo(2 + 3 * 3);
    assertThat(image.getHeight()).isEqualTo(2 + 2 * 3);
    assertThat(cells(image, 2, 3)).containsExactly(51, 255, 204, 102, 153, 0);
  }

  @Test
  void denoisedImagesStandBelowTheirChain() throws IOException {
    List<double[]> x = List.of(new double[] {0.2, 0.4}, new double[] {0.6, 0.8});
    List<double[]> denoised = List.of(new double[] {0, 1}, new double[] {1, 0});
    BufferedImage image = read(strip.png(x, denoised));

    assertThat(image.getHeight()).isEqualTo(2 + 4 * 3);
    assertThat(cells(image, 4, 2)).containsExactly(51, 153, 0, 255, 102, 204, 255, 0);
  }

  @Test
  void levelsThatDoNotAgreeAreRefused() {
    double[] one = {0};
    double[] two = {0, 0};
    assertThatThrownBy(() -> strip.png(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A strip must show at least one noise level");
    assertThatThrownBy(() -> strip.png(List.of(one, two)))
        .hasMessage(
            "Every level of a strip must hold the same chains of 1x1x1, not 2 values after 1");
    assertThatThrownBy(() -> strip.png(List.of(one, one), List.of(one)))
        .hasMessage("A strip of 2 levels of x cannot show 1 of D(x)");
    assertThatThrownBy(() -> ChainStrip.columns(0, 12))
        .hasMessage("A strip needs at least one level and room for two columns, not 0 and 12");
    assertThatThrownBy(() -> ChainStrip.columns(5, 1))
        .hasMessage("A strip needs at least one level and room for two columns, not 5 and 1");
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static int[] cells(BufferedImage image, int rows, int columns) {
    int[] cells = new int[rows * columns];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = image.getRaster().getSample(2 + i % columns * 3, 2 + i / columns * 3, 0);
    }
    return cells;
  }
}
