package tweedie.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.SourceImage;

/**
 * Images in the binary format of CIFAR-10, any number of records in a file: 32 x 32, red, green,
 * blue, 8-bit, labels 0..9, whose names are in {@code batches.meta.txt} beside the images, or else
 * CIFAR-10's.
 *
 * @param input Hadoop URI of a file, or of a directory whose {@code *.bin} files are read in the
 *     order of their names; {@code test_batch*.bin} is left out where there are others, as it holds
 *     the test images, and is read when it is named itself
 */
public record CifarSource(String input) implements ImageSource {

  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final int PLANE = 32 * 32;
  private static final int RECORD = 1 + 3 * PLANE;
  private static final int LONGEST_NAMES = 1 << 16;
  private static final String NAMES_FILE = "batches.meta.txt";
  private static final List<String> NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  @Override
  public Listing list(Configuration conf) throws IOException {
    FileStatus given = InputFiles.status(input, conf);
    if (given.isFile()) {
      return new Listing(
          List.of(part(given)), List.of(), List.of(), names(given.getPath().getParent(), conf));
    }
    List<FileStatus> training = new ArrayList<>();
    List<FileStatus> test = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (FileStatus file : InputFiles.in(given.getPath(), conf)) {
      String name = file.getPath().getName();
      if (name.equals(NAMES_FILE)) {
        continue;
      }
      if (!name.endsWith(".bin")) {
        ignored.add(file.getPath() + ": not named *.bin");
      } else {
        (name.startsWith("test_batch") ? test : training).add(file);
      }
    }
    if (training.isEmpty() && test.isEmpty()) {
      throw new DataException(input + " holds no *.bin file");
    }
    if (!training.isEmpty()) {
      test.forEach(file -> ignored.add(file.getPath() + ": test images"));
    }
    List<Part> parts = new ArrayList<>();
    (training.isEmpty() ? test : training).forEach(file -> parts.add(part(file)));
    return new Listing(parts, ignored, List.of(), names(given.getPath(), conf));
  }

  /** The names of the classes, one a line. */
  private static List<String> names(Path directory, Configuration conf) throws IOException {
    Path file = new Path(directory, NAMES_FILE);
    if (!InputFiles.exists(file.toString(), conf)) {
      return NAMES;
    }
    List<String> names;
    try (InputStream in = InputFiles.open(file, conf)) {
      names =
          new String(in.readNBytes(LONGEST_NAMES), StandardCharsets.UTF_8)
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .distinct()
              .toList();
    }
    if (names.size() != NAMES.size()) {
      throw new DataException(
          "%s has %d names of classes in place of %d, one a line; without it CIFAR-10's are taken"
              .formatted(file, names.size(), NAMES.size()));
    }
    return names;
  }

  private static Part part(FileStatus file) {
    return new File(file.getPath().toString(), file.getLen());
  }

  private record File(String name, long length) implements Part {

    @Override
    public long atLeast() {
      return Math.max(1, length / RECORD);
    }

    @Override
    public Images open(Configuration conf) throws IOException {
      if (length == 0) {
        throw new DataException(name + " is empty");
      }
      if (length % RECORD != 0) {
        throw new DataException(
            String.format(
                "%s is %d bytes long, which is no multiple of the %d bytes of a CIFAR-10 record",
                name, length, RECORD));
      }
      FSDataInputStream in = InputFiles.open(new Path(name), conf);
      return new Images() {
        private final byte[] record = new byte[RECORD];
        private long done;

        @Override
        public SourceImage next() throws IOException {
          if (done == length / RECORD) {
            return null;
          }
          in.readFully(record);
          int label = record[0] & 255;
          if (label >= NAMES.size()) {
            throw new DataException(
                name + ": record " + done + " has the label " + label + "; labels are 0 to 9");
          }
          done++;
          byte[] pixels = new byte[3 * PLANE];
          for (int i = 0; i < PLANE; i++) {
            for (int c = 0; c < 3; c++) {
              pixels[3 * i + c] = record[1 + c * PLANE + i];
            }
          }
          return SourceImage.ofBytes(label, SHAPE, pixels);
        }

        @Override
        public void close() throws IOException {
          in.close();
        }
      };
    }
  }
}
