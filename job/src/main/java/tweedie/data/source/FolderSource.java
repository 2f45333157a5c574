package tweedie.data.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileTree;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.SourceImage;
import tweedie.data.picture.DecodedImage;
import tweedie.data.picture.PictureFit;
import tweedie.data.picture.PictureReader;

/**
 * Pictures of any size and mode in a folder and the folders in it, in the order of their paths:
 * 8-bit.
 *
 * <p>Each picture is turned as its EXIF orientation says, laid over white where it is transparent,
 * cropped around its centre to the aspect of the target and resized: the average over the area of a
 * target pixel when it shrinks, linear interpolation when it grows.
 *
 * @param input Hadoop URI of the folder, or of one picture, whatever its name
 * @param height rows of every imported image
 * @param width columns of every imported image
 * @param channels what colour becomes
 * @param labels where labels come from
 */
public record FolderSource(
    String input, int height, int width, Channels channels, PictureLabels labels)
    implements ImageSource {

  /** The channels of the images. */
  public enum Channels {
    /** One: the luma of Rec. 601, 0.299 R + 0.587 G + 0.114 B. */
    GRAY(1),
    /** Red, green, blue; gray pictures get three equal ones. */
    RGB(3);

    private final int count;

    Channels(int count) {
      this.count = count;
    }

    /** How many there are. */
    public int count() {
      return count;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws DataException if the size is not positive, or larger than 2048x2048
   */
  public FolderSource {
    ImageShape.checkSize(height, width);
  }

  @Override
  public Listing list(Configuration conf) throws IOException {
    FileStatus given = InputFiles.status(input, conf);
    if (given.isFile()) {
      List<Path> one = List.of(given.getPath());
      return listing(
          given.getPath().getParent(), new FileTree.Found(one, List.of(), List.of()), conf);
    }
    FileTree.Found found = PictureReader.below(given.getPath(), FileTree.Depth.ALL, conf);
    if (found.files().isEmpty()) {
      throw PictureReader.none(input, found);
    }
    return listing(given.getPath(), found, conf);
  }

  private Listing listing(Path folder, FileTree.Found found, Configuration conf)
      throws IOException {
    PictureClasses classes =
        labels.of(input, found.files().stream().map(file -> below(folder, file)).toList(), conf);
    List<Part> parts = new ArrayList<>();
    for (Path file : found.files()) {
      int label = classes.labels().get(parts.size());
      parts.add(new PictureFile(file.toString(), height, width, channels, label));
    }
    return new Listing(parts, found.ignored(), found.unreadable(), classes.names());
  }

  private static String below(Path folder, Path file) {
    StringBuilder path = new StringBuilder(file.getName());
    for (Path up = file.getParent(); up.depth() > folder.depth(); up = up.getParent()) {
      path.insert(0, '/').insert(0, up.getName());
    }
    return path.toString();
  }

  record PictureFile(String name, int height, int width, Channels channels, int label)
      implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      DecodedImage picture = PictureReader.decode(new Path(name), conf);
      ImageShape shape = new ImageShape(height, width, channels.count);
      byte[] pixels = new PictureFit(shape, PictureFit.Size.BROUGHT).pixels(name, picture);
      Iterator<SourceImage> one = List.of(SourceImage.ofBytes(label, shape, pixels)).iterator();
      return () -> one.hasNext() ? one.next() : null;
    }
  }
}
