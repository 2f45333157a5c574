package tweedie.data.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.SourceImage;

/**
 * Images in the IDX format of MNIST, gzipped or not: gray, 8-bit.
 *
 * <p>The labels are read from the file beside the images that has the same name with {@code labels}
 * in place of {@code images} and {@code idx1} in place of {@code idx3}; without such a file every
 * label is -1.
 *
 * @param input Hadoop URI of a file of images, or of a directory with MNIST's files, of which the
 *     training images are read
 */
public record IdxSource(String input) implements ImageSource {

  private static final int IMAGES_MAGIC = 0x00000803;
  private static final int LABELS_MAGIC = 0x00000801;
  private static final Pattern TRAINING_IMAGES =
      Pattern.compile("train-images[-.]idx3-ubyte(\\.gz)?");

  @Override
  public Listing list(Configuration conf) throws IOException {
    FileStatus given = InputFiles.status(input, conf);
    Path directory = given.isFile() ? given.getPath().getParent() : given.getPath();
    List<FileStatus> files = InputFiles.in(directory, conf);
    Set<String> names =
        files.stream()
            .map(file -> file.getPath().getName())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    String images = given.isFile() ? given.getPath().getName() : trainingImages(names);
    Optional<String> labels = labelNames(images).stream().filter(names::contains).findFirst();
    List<String> ignored = new ArrayList<>();
    if (given.isDirectory()) {
      for (FileStatus file : files) {
        String name = file.getPath().getName();
        if (!name.equals(images) && !labels.equals(Optional.of(name))) {
          ignored.add(file.getPath() + ": neither the training images nor their labels");
        }
      }
    }
    Part part =
        new File(
            FileSystems.child(directory, images).toString(),
            labels.map(name -> FileSystems.child(directory, name).toString()).orElse(null));
    return new Listing(List.of(part), ignored);
  }

  private String trainingImages(Set<String> names) {
    return names.stream()
        .filter(name -> TRAINING_IMAGES.matcher(name).matches())
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    input + " holds no train-images-idx3-ubyte or train-images-idx3-ubyte.gz"));
  }

  /** Names that the labels of {@code images} may have; none if it is not named like MNIST's. */
  private static Set<String> labelNames(String images) {
    Set<String> names = new LinkedHashSet<>();
    String labels = images.replace("images", "labels").replace("idx3", "idx1");
    if (!labels.equals(images)) {
      String plain = labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels;
      for (String name :
          List.of(
              labels, plain, plain.replace(".idx1", "-idx1"), plain.replace("-idx1", ".idx1"))) {
        names.add(name);
        names.add(name + ".gz");
      }
    }
    return names;
  }

  /** A file of images and the file of their labels, or null. */
  private record File(String name, String labels) implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      Content pixels = new Content(name, conf);
      Content classes = null;
      try {
        int[] sizes = pixels.header(IMAGES_MAGIC, "IDX images (three sizes of bytes)", 3);
        long dimension = (long) sizes[1] * sizes[2];
        if (sizes[0] < 1 || sizes[1] < 1 || sizes[2] < 1 || dimension > ImageShape.MOST_PIXELS) {
          throw new DataException(
              String.format(
                  "%s: its header says %d images of %dx%d; an image has at most %d pixels",
                  name, sizes[0], sizes[1], sizes[2], ImageShape.MOST_PIXELS));
        }
        if (labels != null) {
          classes = new Content(labels, conf);
          int count = classes.header(LABELS_MAGIC, "IDX labels (one size of bytes)", 1)[0];
          if (count != sizes[0]) {
            throw new DataException(
                "%s holds %d labels for the %d images of %s"
                    .formatted(labels, count, sizes[0], name));
          }
        }
        return images(pixels, classes, sizes[0], new ImageShape(sizes[1], sizes[2], 1));
      } catch (IOException | RuntimeException e) {
        pixels.close();
        if (classes != null) {
          classes.close();
        }
        throw e;
      }
    }
  }

  /** The images that {@code pixels} goes on with, and their labels, where there are any. */
  private static Images images(Content pixels, Content labels, int count, ImageShape shape) {
    return new Images() {
      private int done;

      @Override
      public SourceImage next() throws IOException {
        if (done == count) {
          pixels.expectEnd(count + " images of " + shape.height() + "x" + shape.width());
          if (labels != null) {
            labels.expectEnd(count + " labels");
          }
          return null;
        }
        String place = "image " + done + " of the " + count + " that its header says";
        byte[] image = pixels.bytes(shape.dimension(), place);
        int label =
            labels == null ? -1 : labels.bytes(1, "label " + done + " of " + count)[0] & 255;
        done++;
        return SourceImage.ofBytes(label, shape, image);
      }

      @Override
      public void close() throws IOException {
        done = count;
        try {
          pixels.close();
        } finally {
          if (labels != null) {
            labels.close();
          }
        }
      }
    };
  }

  /** An IDX file whose damage is told in sentences. */
  private static final class Content {

    private final String file;
    private final InputStream in;

    Content(String file, Configuration conf) throws IOException {
      this.file = file;
      try {
        this.in = InputFiles.open(file, conf);
      } catch (EOFException | ZipException e) {
        throw new DataException(file + " is a broken gzip file: " + e.getMessage(), e);
      }
    }

    int[] header(int magic, String kind, int sizes) throws IOException {
      int seen = ByteBuffer.wrap(bytes(4, "its first four bytes")).getInt();
      if (seen != magic) {
        throw new DataException(
            String.format(
                "%s starts with 0x%08x; a file of %s starts with 0x%08x", file, seen, kind, magic));
      }
      int[] values = new int[sizes];
      ByteBuffer.wrap(bytes(4 * sizes, "its header")).asIntBuffer().get(values);
      return values;
    }

    byte[] bytes(int length, String place) throws IOException {
      byte[] bytes = new byte[length];
      try {
        int read = in.readNBytes(bytes, 0, length);
        if (read < length) {
          throw new DataException(file + " is too short: it ends in " + place);
        }
        return bytes;
      } catch (EOFException | ZipException e) {
        throw new DataException(
            file + " is a broken gzip file: " + e.getMessage() + " in " + place, e);
      }
    }

    void expectEnd(String expected) throws IOException {
      try {
        if (in.read() >= 0) {
          throw new DataException(file + " goes on after the " + expected + " that it says it has");
        }
      } catch (EOFException | ZipException e) {
        throw new DataException(file + " is a broken gzip file: " + e.getMessage(), e);
      }
    }

    void close() throws IOException {
      in.close();
    }
  }
}
