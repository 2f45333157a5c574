package tweedie.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class AnimatedGridTest {

  @Test
  void everyGrayComesBackInEveryFrame() throws IOException {
    double[] rising = new double[256];
    double[] falling = new double[256];
    for (int i = 0; i < 256; i++) {
      rising[i] = i / 255.0;
      falling[i] = 1 - i / 255.0;
    }
    Gif gif = gif(new ImageShape(16, 16, 1), List.of(rising, falling, rising));

    assertThat(gif.frames).hasSize(3);
    for (int i = 0; i < 256; i++) {
      assertThat(gif.frames.get(0).getRGB(2 + i % 16, 2 + i / 16)).isEqualTo(gray(i));
      assertThat(gif.frames.get(1).getRGB(2 + i % 16, 2 + i / 16)).isEqualTo(gray(255 - i));
    }
    assertThat(gif.frames.get(2).getRGB(0, 0)).as("padding").isEqualTo(gray(0));
  }

  @Test
  void framesStayForTheirDelaysAndTheLastForItsOwn() throws IOException {
    Gif gif = gif(new ImageShape(1, 1, 1), List.of(new double[1], new double[1], new double[1]));

    assertThat(gif.delays).containsExactly("7", "7", "150");
    assertThat(gif.disposals).containsOnly("none");
  }

  @Test
  void itBeginsAgainForEver() throws IOException {
    byte[] gif =
        new AnimatedGrid(new ImageGrid(new ImageShape(1, 1, 1), 1), 7, 150)
            .gif(List.of(new double[1], new double[1]));
    String text = new String(gif, StandardCharsets.ISO_8859_1);

    assertThat(text).startsWith("GIF89a").contains("NETSCAPE2.0\3\1\0\0\0");
  }

  @Test
  void fewColoursAreExactWhateverTheOtherFramesHave() throws IOException {
    double[] red = {1, 0.2, 0, 0.4, 0, 0};
    double[] blue = {0, 0.2, 1, 0, 0.6, 0.8};
    Gif gif = gif(new ImageShape(1, 2, 3), List.of(red, blue));

    assertThat(gif.frames.get(0).getRGB(2, 2)).isEqualTo(0xFFFF3300);
    assertThat(gif.frames.get(0).getRGB(3, 2)).isEqualTo(0xFF660000);
    assertThat(gif.frames.get(1).getRGB(2, 2)).isEqualTo(0xFF0033FF);
    assertThat(gif.frames.get(1).getRGB(3, 2)).isEqualTo(0xFF0099CC);
  }

  @Test
  void manyColoursStayClose() throws IOException {
    int side = 48;
    double[] sky = new double[side * side * 3];
    Draws draws = Draws.of(5, Purpose.ORACLE, 0, 0);
    double[] noise = new double[sky.length];
    for (int i = 0; i < side * side; i++) {
      sky[i * 3] = i / side / (side - 1.0);
      sky[i * 3 + 1] = i % side / (side - 1.0);
      sky[i * 3 + 2] = 1 - i / side / (side - 1.0);
      for (int band = 0; band < 3; band++) {
        noise[i * 3 + band] = draws.uniform();
      }
    }
    Gif gif = gif(new ImageShape(side, side, 3), List.of(noise, sky));

    assertThat(rootMeanSquareError(gif.frames.get(0), noise, side)).isLessThan(26);
    assertThat(rootMeanSquareError(gif.frames.get(1), sky, side)).isLessThan(8);
  }

  private static double rootMeanSquareError(BufferedImage frame, double[] pixels, int side) {
    double sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / 3;
      int seen = frame.getRGB(2 + pixel % side, 2 + pixel / side) >> (16 - 8 * (i % 3)) & 255;
      sum += Math.pow(seen - 255 * pixels[i], 2);
    }
    return Math.sqrt(sum / pixels.length);
  }

  @Test
  void whatIsNoAnimationIsRefused() {
    ImageGrid grid = new ImageGrid(new ImageShape(1, 1, 1), 1);
    AnimatedGrid animation = new AnimatedGrid(grid, 7, 150);
    assertThatThrownBy(() -> animation.gif(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An animation must have at least one frame");
    assertThatThrownBy(() -> animation.gif(List.of(new double[1], new double[2])))
        .hasMessage("Every frame of an animation must show the same images");
    assertThatThrownBy(() -> new AnimatedGrid(grid, 1, 150))
        .hasMessage("A frame must stay for 2 to 65535 hundredths of a second, not 1");
    assertThatThrownBy(() -> new AnimatedGrid(grid, 7, 70_000))
        .hasMessage("A frame must stay for 2 to 65535 hundredths of a second, not 70000");
  }

  private static int gray(int value) {
    return 0xFF000000 | value * 0x010101;
  }

  private record Gif(List<BufferedImage> frames, List<String> delays, List<String> disposals) {}

  private static Gif gif(ImageShape shape, List<double[]> frames) throws IOException {
    byte[] file = new AnimatedGrid(new ImageGrid(shape, 1), 7, 150).gif(frames);
    Gif gif = new Gif(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in);
      for (int i = 0; i < reader.getNumImages(true); i++) {
        gif.frames.add(reader.read(i));
        IIOMetadataNode root =
            (IIOMetadataNode)
                reader
                    .getImageMetadata(i)
                    .getAsTree(reader.getImageMetadata(i).getNativeMetadataFormatName());
        IIOMetadataNode control =
            (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
        gif.delays.add(control.getAttribute("delayTime"));
        gif.disposals.add(control.getAttribute("disposalMethod"));
      }
    } finally {
      reader.dispose();
    }
    return gif;
  }
}
