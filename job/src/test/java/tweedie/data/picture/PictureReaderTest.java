package tweedie.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

class PictureReaderTest {

  private static final Configuration HADOOP = new Configuration();
  private static final ImageShape GRAY = new ImageShape(1, 3, 1);
  private static final ImageShape COLOUR = new ImageShape(1, 3, 3);

  @TempDir Path directory;

  @Test
  void grayAndColourComeAsTheyAreStored() throws IOException {
    assertThat(read(gray("a.png", 0, 51, 255), GRAY)).containsExactly(0, 0.2, 1);
    assertThat(read(gray("a.png", 0, 51, 255), COLOUR))
        .containsExactly(0, 0, 0, 0.2, 0.2, 0.2, 1, 1, 1);
    assertThat(read(colour("b.png", 0xFF3300, 0x0066CC, 0), COLOUR))
        .containsExactly(1, 0.2, 0, 0, 0.4, 0.8, 0, 0, 0);
  }

  @Test
  void anotherSizeOrColourIsRefused() throws IOException {
    Path picture = colour("b.png", 1, 2, 3);
    assertThatThrownBy(() -> read(picture, new ImageShape(28, 28, 3)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            picture
                + " is 1x3 (height x width), but the model is for images of 28x28; nothing is"
                + " resized");
    assertThatThrownBy(() -> read(picture, GRAY))
        .isInstanceOf(DataException.class)
        .hasMessage(picture + " is in colour where a gray picture is needed");
    assertThatThrownBy(() -> read(directory, GRAY))
        .hasMessage(directory + " is a directory where a picture is needed");
    assertThatThrownBy(() -> read(directory.resolve("none.png"), GRAY))
        .hasMessage(directory.resolve("none.png") + " does not exist");
  }

  @Test
  void whatIsBlackInAMaskIsKnownInEveryChannel() throws IOException {
    Path mask = gray("mask.png", 0, 255, 90);

    assertThat(known(mask, GRAY)).containsExactly(true, false, true);
    assertThat(known(mask, COLOUR))
        .containsExactly(true, true, true, false, false, false, true, true, true);
  }

  @Test
  void aMaskThatLeavesNothingOrEverythingOpenIsRefused() throws IOException {
    Path white = gray("white.png", 255, 200, 128);
    Path black = gray("black.png", 0, 127, 0);
    assertThatThrownBy(() -> known(white, GRAY))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The mask %s is all white; what is white is painted, what is black is kept from the image"
                .formatted(white));
    assertThatThrownBy(() -> known(black, GRAY))
        .hasMessageStartingWith("The mask %s is all black;".formatted(black));
  }

  @Test
  void filesDirectoriesAndPatternsAreListed() throws IOException {
    Files.createDirectories(directory.resolve("d/deeper"));
    Path b = gray("d/b.png", 0, 0, 0);
    Path a = gray("d/a.PNG", 0, 0, 0);
    gray("d/deeper/c.png", 0, 0, 0);
    Files.writeString(directory.resolve("d/notes.txt"), "about");
    Path x = gray("x1.png", 0, 0, 0);
    Path y = gray("x2.png", 0, 0, 0);

    assertThat(list(x, directory.resolve("d"))).containsExactly(x, a, b);
    assertThat(list(directory.resolve("x[12].png"))).containsExactly(x, y);
    assertThat(list(directory.resolve("x*"))).containsExactly(x, y);
    assertThatThrownBy(() -> list(directory.resolve("z*.png")))
        .isInstanceOf(DataException.class)
        .hasMessage(directory.resolve("z*.png") + " does not exist");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> list(empty))
        .hasMessage(empty + " holds no *.png, *.jpg, *.jpeg, *.tif, *.tiff, *.webp or *.bmp file");
  }

  @Test
  void aNameThatIsThereIsNoPattern() throws IOException {
    Path odd = gray("photo[1].png", 0, 0, 0);
    Path plain = gray("photo1.png", 0, 0, 0);
    Files.createDirectories(directory.resolve("d [1]{x} 10:30 ü%25#"));
    Path deep = gray("d [1]{x} 10:30 ü%25#/a*b?.png", 0, 0, 0);
    Path colon = gray("d [1]{x} 10:30 ü%25#/10:30.png", 0, 0, 0);
    gray("d [1]{x} 10:30 ü%25#/.hidden.png", 0, 0, 0);

    assertThat(list(odd)).containsExactly(odd);
    assertThat(list(directory.resolve("photo*"))).containsExactly(plain, odd);
    assertThat(list(directory.resolve("photo[12].png"))).containsExactly(plain);
    assertThat(list(deep, colon)).containsExactly(deep, colon);
    assertThat(list(deep.getParent())).containsExactly(colon, deep);
    assertThat(list(deep.resolveSibling("*.png"))).containsExactly(colon, deep);
    assertThat(list(deep.resolveSibling(".*"))).hasSize(1);
    assertThat(read(colon, GRAY)).containsExactly(0, 0, 0);
    assertThatThrownBy(() -> list(directory.resolve("x[")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x[ is no pattern: ");
    Files.createSymbolicLink(directory.resolve("gone.png"), Path.of("nothing"));
    assertThatThrownBy(() -> list(directory.resolve("g*")))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("gone.png is a link to nothing, which does not exist");
    assertThatThrownBy(() -> list(directory)).hasMessageContaining("gone.png is a link to");
  }

  private static List<Path> list(Path... inputs) throws IOException {
    return PictureReader.list(List.of(inputs).stream().map(Path::toString).toList(), HADOOP)
        .stream()
        .map(path -> Path.of(path.toUri().getPath()))
        .toList();
  }

  private static double[] read(Path file, ImageShape shape) throws IOException {
    return PictureReader.read(new org.apache.hadoop.fs.Path(file.toString()), shape, HADOOP);
  }

  private static boolean[] known(Path file, ImageShape shape) throws IOException {
    return PictureReader.known(new org.apache.hadoop.fs.Path(file.toString()), shape, HADOOP);
  }

  private Path gray(String name, int... values) throws IOException {
    BufferedImage image = new BufferedImage(values.length, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, values.length, 1, values);
    return write(name, image);
  }

  private Path colour(String name, int... rgb) throws IOException {
    BufferedImage image = new BufferedImage(rgb.length, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, rgb.length, 1, rgb, 0, rgb.length);
    return write(name, image);
  }

  private Path write(String name, BufferedImage image) throws IOException {
    Path file = directory.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
