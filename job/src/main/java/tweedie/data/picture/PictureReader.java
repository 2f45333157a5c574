package tweedie.data.picture;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import tweedie.data.DataException;
import tweedie.data.FileTree;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;

/**
 * Reads pictures that already have the shape a model is for: upright and over white where
 * transparent, as an import does, but nothing is cropped or resized.
 */
public final class PictureReader {

  private PictureReader() {}

  /**
   * The pictures that a person has named.
   *
   * @param inputs files, whatever their names, directories, whose own pictures are meant, and,
   *     where nothing is named so, patterns as in a shell; hidden files are meant only by their own
   *     names
   * @return files, those of a directory or pattern in the order of their paths; at least one
   * @throws DataException if nothing is found under one of the names, or something that cannot be
   *     looked at
   * @throws IOException if a file system fails
   */
  public static List<Path> list(List<String> inputs, Configuration conf) throws IOException {
    List<Path> pictures = new ArrayList<>();
    for (String input : inputs) {
      for (FileStatus found : matching(input, conf)) {
        if (found.isFile()) {
          pictures.add(found.getPath());
        } else {
          pictures.addAll(inDirectory(input, found.getPath(), conf));
        }
      }
    }
    return pictures;
  }

  private static List<Path> inDirectory(String input, Path directory, Configuration conf)
      throws IOException {
    FileTree.Found found = below(directory, FileTree.Depth.ITSELF, conf);
    if (found.files().isEmpty() || !found.unreadable().isEmpty()) {
      throw none(input, found);
    }
    return found.files();
  }

  /** The files of a directory that are named as pictures. */
  public static FileTree.Found below(Path directory, FileTree.Depth depth, Configuration conf)
      throws IOException {
    return FileTree.of(
        directory, depth, PictureDecoder::isPicture, "not named " + PictureDecoder.NAMES, conf);
  }

  /** What is wrong where no picture was found, or one that cannot be looked at. */
  public static DataException none(String input, FileTree.Found found) {
    if (!found.unreadable().isEmpty()) {
      return new DataException(found.unreadable().get(0) + DataException.more(found.unreadable()));
    }
    return new DataException(
        "%s holds no %s file%s"
            .formatted(
                input,
                PictureDecoder.NAMES,
                found.ignored().isEmpty()
                    ? ""
                    : "; %s%s"
                        .formatted(found.ignored().get(0), DataException.more(found.ignored()))));
  }

  private static List<FileStatus> matching(String input, Configuration conf) throws IOException {
    if (InputFiles.isPattern(input) && !InputFiles.exists(input, conf)) {
      List<FileStatus> found = InputFiles.matching(input, conf);
      if (!found.isEmpty()) {
        return found;
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
    if (perPixel == 1 && !picture.isGray()) {
      throw new DataException(file + " is in colour where a gray picture is needed");
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

  /**
   * Decodes a picture of any size.
   *
   * @throws DataException if it is missing, damaged, or too large for this process
   * @throws IOException if it cannot be read
   */
  public static DecodedImage decode(Path file, Configuration conf) throws IOException {
    byte[] content;
    try (FSDataInputStream in = InputFiles.open(file, conf)) {
      content = in.readNBytes(PictureMemory.LARGEST_FILE + 1);
    } catch (FileNotFoundException | AccessControlException e) {
      throw new DataException(file + " cannot be read: " + e.getMessage(), e);
    }
    return PictureDecoder.decode(file.toString(), content);
  }

  private static DecodedImage decode(Path file, ImageShape shape, Configuration conf)
      throws IOException {
    if (InputFiles.status(file.toString(), conf).isDirectory()) {
      throw new DataException(file + " is a directory where a picture is needed");
    }
    DecodedImage picture = decode(file, conf);
    if (picture.height() != shape.height() || picture.width() != shape.width()) {
      throw new DataException(
          "%s is %dx%d (height x width), but the model is for images of %dx%d; nothing is resized"
              .formatted(file, picture.height(), picture.width(), shape.height(), shape.width()));
    }
    return picture;
  }
}
