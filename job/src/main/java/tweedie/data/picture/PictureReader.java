package tweedie.data.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.WholeFile;

/**
 * Reads PNG and JPEG files that already have the shape a model is for: upright and over white where
 * transparent, as an import does, but nothing is cropped or resized.
 */
public final class PictureReader {

  private PictureReader() {}

  /**
   * The pictures that a person has named.
   *
   * @param inputs URIs of files, of directories, whose own *.png, *.jpg and *.jpeg files are meant,
   *     and patterns as in a shell
   * @return files, those of a directory or pattern in the order of their paths; at least one
   * @throws DataException if nothing is found under one of the names
   * @throws IOException if a file system fails
   */
  public static List<Path> list(List<String> inputs, Configuration conf) throws IOException {
    List<Path> pictures = new ArrayList<>();
    for (String input : inputs) {
      int before = pictures.size();
      for (FileStatus found : matching(input, conf)) {
        if (found.isFile()) {
          pictures.add(found.getPath());
        } else {
          InputFiles.in(found.getPath(), conf).stream()
              .map(FileStatus::getPath)
              .filter(PictureDecoder::isPicture)
              .forEach(pictures::add);
        }
      }
      if (pictures.size() == before) {
        throw new DataException(input + " holds no *.png, *.jpg or *.jpeg file");
      }
    }
    return pictures;
  }

  private static List<FileStatus> matching(String input, Configuration conf) throws IOException {
    Path path = new Path(input);
    if (path.toString().matches(".*[*?\\[{].*")) {
      FileStatus[] found = path.getFileSystem(conf).globStatus(path);
      if (found != null && found.length > 0) {
        return Arrays.stream(found).sorted(Comparator.comparing(FileStatus::getPath)).toList();
      }
    }
    return List.of(InputFiles.status(input, conf));
  }

  /**
   * Reads a picture.
   *
   * @param shape height and width that it has, and 1 channel for gray or 3 for red, green, blue; a
   *     gray picture also gives three equal channels
   * @return [height, width, channel], in [0, 1]
   * @throws DataException if it is missing, damaged, of another size, or in colour where the shape
   *     is gray
   * @throws IOException if it cannot be read
   */
  public static double[] read(Path file, ImageShape shape, Configuration conf) throws IOException {
    DecodedImage picture = decode(file, shape, conf);
    double[] pixels = new double[shape.dimension()];
    int perPixel = shape.channels();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (picture.pixels()[i / perPixel * 3 + i % perPixel] & 255) / 255.0;
    }
    if (perPixel == 1) {
      requireGray(file, picture);
    }
    return pixels;
  }

  /**
   * Reads a mask for inpainting: what is lighter than middle gray is to be painted, what is darker
   * is known.
   *
   * @param shape shape of the image that is masked; the mask has its height and width
   * @return whether each value of the image is known, [height, width, channel]
   * @throws DataException if it is missing, damaged, of another size, in colour, or all of it black
   *     or white
   * @throws IOException if it cannot be read
   */
  public static boolean[] known(Path mask, ImageShape shape, Configuration conf)
      throws IOException {
    double[] light = read(mask, new ImageShape(shape.height(), shape.width(), 1), conf);
    boolean[] known = new boolean[shape.dimension()];
    int count = 0;
    for (int i = 0; i < known.length; i++) {
      known[i] = light[i / shape.channels()] < 0.5;
      count += known[i] ? 1 : 0;
    }
    if (count == 0 || count == known.length) {
      throw new DataException(
          "The mask %s is all %s; what is white is painted, what is black is kept from the image"
              .formatted(mask, count == 0 ? "white" : "black"));
    }
    return known;
  }

  private static DecodedImage decode(Path file, ImageShape shape, Configuration conf)
      throws IOException {
    if (InputFiles.status(file.toString(), conf).isDirectory()) {
      throw new DataException(file + " is a directory where a picture is needed");
    }
    byte[] content = WholeFile.bytes(file.getFileSystem(conf), file);
    DecodedImage picture = PictureDecoder.decode(file.toString(), content);
    if (picture.height() != shape.height() || picture.width() != shape.width()) {
      throw new DataException(
          "%s is %dx%d (height x width), but the model is for images of %dx%d; nothing is resized"
              .formatted(file, picture.height(), picture.width(), shape.height(), shape.width()));
    }
    return picture;
  }

  private static void requireGray(Path file, DecodedImage picture) {
    byte[] rgb = picture.pixels();
    for (int i = 0; i < rgb.length; i += 3) {
      if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
        throw new DataException(file + " is in colour where a gray picture is needed");
      }
    }
  }
}
