package tweedie.data.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.SourceImage;
import tweedie.data.WholeFile;
import tweedie.data.picture.PictureDecoder;

/**
 * PNG and JPEG files of any size and mode in a folder and the folders in it, in the order of their
 * paths: red, green, blue, 8-bit, without labels.
 *
 * <p>Each picture is turned as its EXIF orientation says, laid over white where it is transparent,
 * cropped around its centre to the aspect of the target and resized: the average over the area of a
 * target pixel when it shrinks, linear interpolation when it grows. Gray pictures get three equal
 * channels.
 *
 * @param input Hadoop URI of the folder, or of one picture
 * @param height rows of every imported image
 * @param width columns of every imported image
 */
public record FolderSource(String input, int height, int width) implements ImageSource {

  /**
   * @throws DataException if the size is not positive
   */
  public FolderSource {
    if (height < 1 || width < 1) {
      throw new DataException("Images must be at least 1x1, not " + height + "x" + width);
    }
  }

  @Override
  public Listing list(Configuration conf) throws IOException {
    FileStatus given = InputFiles.status(input, conf);
    List<FileStatus> files =
        given.isFile() ? List.of(given) : InputFiles.below(given.getPath(), conf);
    List<Part> parts = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (FileStatus file : files) {
      if (PictureDecoder.isPicture(file.getPath())) {
        parts.add(new PictureFile(file.getPath().toString(), height, width));
      } else {
        ignored.add(file.getPath() + ": not named *.png, *.jpg or *.jpeg");
      }
    }
    if (parts.isEmpty()) {
      throw new DataException(input + " holds no *.png, *.jpg or *.jpeg file");
    }
    return new Listing(parts, ignored);
  }

  private record PictureFile(String name, int height, int width) implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      Path path = new Path(name);
      byte[] content = WholeFile.bytes(path.getFileSystem(conf), path);
      byte[] pixels = PictureDecoder.decode(name, content).fit(height, width);
      SourceImage image = SourceImage.ofBytes(-1, new ImageShape(height, width, 3), pixels);
      Iterator<SourceImage> one = List.of(image).iterator();
      return () -> one.hasNext() ? one.next() : null;
    }
  }
}
