package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.source.FolderSource.Channels;

class WebDatasetSourceTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temporary;

  private static byte[] png(int gray) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 16; i++) {
      image.setRGB(i % 4, i / 4, gray * 0x10101);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path tar(String name, Map<String, byte[]> files) throws IOException {
    Path path = temporary.resolve(name);
    try (OutputStream out = Files.newOutputStream(path);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return path;
  }

  private static ImageSource source(Path input) {
    return new WebDatasetSource(input.toString(), 2, 2, Channels.GRAY);
  }

  private record Read(List<SourceImage> images, List<String> damages) {}

  private static Read read(ImageSource source) throws IOException {
    List<SourceImage> images = new ArrayList<>();
    List<String> damages = new ArrayList<>();
    for (ImageSource.Part part : source.list(HADOOP).parts()) {
      try (ImageSource.Images reader = part.open(HADOOP)) {
        boolean more = true;
        while (more) {
          try {
            SourceImage image = reader.next();
            more = image != null;
            if (more) {
              images.add(image);
            }
          } catch (DataException e) {
            damages.add(e.getMessage());
          }
        }
      }
    }
    return new Read(images, damages);
  }

  @Test
  void filesOfOneNameAreASample() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a/0001.png", png(10));
    files.put("a/0001.cls", text("3\n"));
    files.put("a/0002.json", text("{\"label\": 5, \"url\": \"..\"}"));
    files.put("a/0002.PNG", png(20));
    files.put("a/0003.txt", text("no picture"));
    files.put("a/0004.png", png(40));
    tar("00.tar", files);
    tar("01.tar", Map.of("b.png", png(50)));
    Files.writeString(temporary.resolve("sizes.txt"), "2");

    Read read = read(source(temporary));
    assertThat(read.damages()).isEmpty();
    assertThat(read.images()).extracting(SourceImage::label).containsExactly(3, 5, -1, -1);
    assertThat(read.images().stream().map(image -> (int) image.bytes()[0]))
        .containsExactly(10, 20, 40, 50);
    assertThat(read.images().get(0).shape()).isEqualTo(new ImageShape(2, 2, 1));
    assertThat(source(temporary).list(HADOOP).ignored()).hasSize(1);
  }

  @Test
  void aDamagedPictureIsOneAndAnArchiveThatEndsIsSaid() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("1.png", png(10));
    files.put("2.png", text("nothing"));
    files.put("3.png", png(30));
    files.put("3.cls", text("dog"));
    files.put("4.json", text("{"));
    files.put("4.png", png(40));
    files.put("5.png", png(50));
    Path tar = tar("bad.tar", files);
    Read read = read(source(tar));
    assertThat(read.images()).hasSize(2);
    assertThat(read.damages()).hasSize(3);
    assertThat(read.damages().get(0)).startsWith("2.png in file:").contains("not a whole picture");
    assertThat(read.damages().get(1)).contains("3.png", "the class 'dog'");
    assertThat(read.damages().get(2)).contains("the json of 4.png", "it holds no JSON");

    byte[] whole = Files.readAllBytes(tar);
    Path cut = temporary.resolve("cut.tar");
    Files.write(cut, java.util.Arrays.copyOf(whole, 700));
    assertThat(read(source(cut)).damages().get(0)).contains("cut.tar is damaged, or no tar file");
    Files.write(cut, text("no archive at all".repeat(100)));
    assertThat(read(source(cut)).damages()).hasSize(1);
    assertThatThrownBy(() -> source(Files.createDirectory(temporary.resolve("e"))).list(HADOOP))
        .hasMessageContaining("holds no *.tar file");
  }
}
