package tweedie.fuzz;

import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;

/** Files that other programs write, one of each format. */
enum Archives {
  NPZ("npz", ""),
  IDX("mnist", ""),
  PICTURES("images", " --size 8x8"),
  CIFAR("cifar10", "");

  private static final int SIZE = 8;

  private final String source;
  private final String options;

  Archives(String source, String options) {
    this.source = source;
    this.options = options;
  }

  /** What import --from calls it, and its folder. */
  String source() {
    return source;
  }

  /** What else an import of it needs. */
  String options() {
    return options;
  }

  static void write(Path directory) throws IOException {
    for (Archives archive : values()) {
      Files.createDirectories(directory.resolve(archive.source));
    }
    npz(directory.resolve("npz/samples.npz"));
    idx(directory.resolve("mnist"));
    for (int i = 0; i < 6; i++) {
      picture(directory.resolve("images/picture-" + i + (i % 2 == 0 ? ".png" : ".jpg")), i);
    }
    cifar(directory.resolve("cifar10"));
  }

  private static void npz(Path file) throws IOException {
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(Type.UINT8, 24, SIZE, SIZE, 1));
      Random random = new Random(3);
      for (int i = 0; i < 24; i++) {
        float[] pixels = new float[SIZE * SIZE];
        for (int j = 0; j < pixels.length; j++) {
          pixels[j] = random.nextFloat();
        }
        npz.write(pixels);
      }
    }
  }

  private static void idx(Path directory) throws IOException {
    Random random = new Random(4);
    try (DataOutputStream images =
            new DataOutputStream(
                new GZIPOutputStream(
                    Files.newOutputStream(directory.resolve("train-images-idx3-ubyte.gz"))));
        DataOutputStream labels =
            new DataOutputStream(
                Files.newOutputStream(directory.resolve("train-labels-idx1-ubyte")))) {
      images.writeInt(2051);
      labels.writeInt(2049);
      images.writeInt(20);
      labels.writeInt(20);
      images.writeInt(SIZE);
      images.writeInt(SIZE);
      for (int i = 0; i < 20; i++) {
        labels.writeByte(i % 10);
        byte[] pixels = new byte[SIZE * SIZE];
        random.nextBytes(pixels);
        images.write(pixels);
      }
    }
  }

  private static void cifar(Path directory) throws IOException {
    Random random = new Random(5);
    for (int batch = 1; batch <= 5; batch++) {
      try (OutputStream out =
          Files.newOutputStream(directory.resolve("data_batch_%d.bin".formatted(batch)))) {
        for (int i = 0; i < 4; i++) {
          byte[] row = new byte[3 * 32 * 32];
          random.nextBytes(row);
          out.write(i);
          out.write(row);
        }
      }
    }
  }

  /** Writes a small picture, by the ending of its name. */
  static void picture(Path file, int seed) throws IOException {
    BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(seed);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        picture.getRaster().setSample(x, y, 0, random.nextInt(256));
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(picture, file.toString().endsWith(".png") ? "png" : "jpg", out);
    }
  }
}
