package tweedie.data.source;

import java.io.IOException;
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
import tweedie.data.picture.PictureReader;

/**
 * Pictures of any size and mode in a folder and the folders in it, in the order of their paths:
 * 8-bit, without labels.
 *
 * <p>Each picture is turned as its EXIF orientation says, laid over white where it is transparent,
 * cropped around its centre to the aspect of the target and resized: the average over the area of a
 * target pixel when it shrinks, linear interpolation when it grows.
 *
 * @param input Hadoop URI of the folder, or of one picture, whatever its name
 * @param height rows of every imported image
 * @param width columns of every imported image
 * @param channels what colour becomes
 */
public record FolderSource(String input, int height, int width, Channels channels)
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
      return new Listing(List.of(picture(given.getPath())), List.of());
    }
    FileTree.Found found = PictureReader.below(given.getPath(), FileTree.Depth.ALL, conf);
    if (found.files().isEmpty()) {
      throw PictureReader.none(input, found);
    }
    return new Listing(
        found.files().stream().map(this::picture).toList(), found.ignored(), found.unreadable());
  }

  private Part picture(Path file) {
    return new PictureFile(file.toString(), height, width, channels);
  }

  private record PictureFile(String name, int height, int width, Channels channels)
      implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      DecodedImage picture = PictureReader.decode(new Path(name), conf);
      byte[] pixels = (channels == Channels.GRAY ? picture.gray() : picture).fit(height, width);
      ImageShape shape = new ImageShape(height, width, channels.count);
      Iterator<SourceImage> one = List.of(SourceImage.ofBytes(-1, shape, pixels)).iterator();
      return () -> one.hasNext() ? one.next() : null;
    }
  }
}
