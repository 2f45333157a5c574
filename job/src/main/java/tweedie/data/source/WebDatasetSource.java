package tweedie.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileTree;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.Json;
import tweedie.data.SourceImage;
import tweedie.data.picture.PictureDecoder;
import tweedie.data.picture.PictureFit;
import tweedie.data.source.FolderSource.Channels;

/**
 * Pictures in the archives of WebDataset: files of a .tar, of which those with the same name up to
 * its first dot, one behind the other, belong together: a picture and {@code .cls} with the number
 * of its class, or {@code .json} with it as {@code label}.
 *
 * @param input Hadoop URI of an archive, or of a directory of them
 * @param height rows of every imported image
 * @param width columns of every imported image
 * @param channels what colour becomes
 */
public record WebDatasetSource(String input, int height, int width, Channels channels)
    implements ImageSource {

  private static final Pattern NAME = Pattern.compile("((?:.*/)?[^/.]*)\\.([^/]*)");
  private static final String JSON_LABEL = "label";

  /** Of a class or a text about a picture; more is something else. */
  private static final int MOST_TEXT = 1 << 20;

  /**
   * @throws DataException if the size is not positive, or larger than 2048x2048
   */
  public WebDatasetSource {
    ImageShape.checkSize(height, width);
  }

  @Override
  public boolean imagesStandAlone() {
    return true;
  }

  @Override
  public Listing list(Configuration conf) throws IOException {
    FileStatus given = InputFiles.status(input, conf);
    List<Path> archives = List.of(given.getPath());
    List<String> ignored = List.of();
    List<String> unreadable = List.of();
    if (given.isDirectory()) {
      FileTree.Found found =
          FileTree.of(
              given.getPath(),
              FileTree.Depth.ALL,
              name -> name.toLowerCase(Locale.ROOT).endsWith(".tar"),
              "not named *.tar",
              conf);
      archives = found.files();
      ignored = found.ignored();
      unreadable = found.unreadable();
    }
    if (archives.isEmpty()) {
      throw new DataException(input + " holds no *.tar file");
    }
    PictureFit fit =
        new PictureFit(new ImageShape(height, width, channels.count()), PictureFit.Size.BROUGHT);
    List<Part> parts = new ArrayList<>();
    for (Path archive : archives) {
      parts.add(new Archive(archive.toString(), fit));
    }
    return new Listing(parts, ignored, unreadable, List.of());
  }

  private record Archive(String name, PictureFit fit) implements Part {

    @Override
    public Images open(Configuration conf) throws IOException {
      return new Samples(this, InputFiles.open(name, conf));
    }
  }

  /** The files of one sample, as far as they are of use. */
  private static final class Sample {
    private final String key;
    private String pictureName;
    private byte[] picture;
    private String label;
    private String json;

    Sample(String key) {
      this.key = key;
    }
  }

  private static final class Samples implements Images {

    private final Archive archive;
    private final TarArchiveInputStream tar;
    private Sample begun;
    private boolean ended;

    Samples(Archive archive, InputStream in) {
      this.archive = archive;
      this.tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
    }

    @Override
    public SourceImage next() {
      while (!ended || begun != null) {
        Sample whole = sample();
        if (whole != null && whole.picture != null) {
          return image(whole);
        }
      }
      return null;
    }

    /** The next sample; null where there is none before the end. */
    private Sample sample() {
      try {
        TarArchiveEntry entry;
        while ((entry = (TarArchiveEntry) tar.getNextEntry()) != null) {
          Matcher name = NAME.matcher(entry.getName());
          if (!entry.isFile() || !name.matches()) {
            continue;
          }
          Sample before = begun;
          boolean another = before == null || !before.key.equals(name.group(1));
          if (another) {
            begun = new Sample(name.group(1));
          }
          add(begun, entry, name.group(2).toLowerCase(Locale.ROOT));
          if (another && before != null) {
            return before;
          }
        }
      } catch (IOException | IllegalArgumentException e) { // the library's, of a broken header
        ended = true;
        begun = null;
        throw new DataException(
            "%s is damaged, or no tar file: %s".formatted(archive.name, e.getMessage()), e);
      }
      ended = true;
      Sample last = begun;
      begun = null;
      return last;
    }

    private void add(Sample sample, TarArchiveEntry entry, String kind) throws IOException {
      if (PictureDecoder.isPicture("a." + kind)) {
        sample.pictureName = "%s in %s".formatted(entry.getName(), archive.name);
        sample.picture = tar.readAllBytes();
      } else if (kind.equals("cls")) {
        sample.label = text().strip();
      } else if (kind.equals("json")) {
        sample.json = text();
      }
    }

    private String text() throws IOException {
      return new String(tar.readNBytes(MOST_TEXT), StandardCharsets.UTF_8);
    }

    /** Its class as it is written; null where none is. */
    private String label(Sample sample) {
      if (sample.label != null || sample.json == null) {
        return sample.label;
      }
      JsonNode label =
          Json.LINE
              .read(sample.json, JsonNode.class, "the json of " + sample.pictureName)
              .get(JSON_LABEL);
      return label == null || label.isNull() ? null : label.asText();
    }

    private SourceImage image(Sample sample) {
      String written = label(sample);
      if (written != null && !written.matches("\\d{1,9}")) {
        throw new DataException(
            "%s has the class '%s'; classes of WebDataset are read as numbers from 0"
                .formatted(sample.pictureName, written));
      }
      int label = written == null ? -1 : Integer.parseInt(written);
      byte[] pixels =
          archive.fit.pixels(
              sample.pictureName, PictureDecoder.decode(sample.pictureName, sample.picture));
      return SourceImage.ofBytes(label, archive.fit.shape(), pixels);
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }
}
