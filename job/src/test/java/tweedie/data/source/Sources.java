package tweedie.data.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.SourceImage;

/** Reads whole sources in tests. */
public final class Sources {

  public static final Configuration CONF = new Configuration();

  private Sources() {}

  public static List<SourceImage> read(ImageSource source) throws IOException {
    List<SourceImage> all = new ArrayList<>();
    for (ImageSource.Part part : source.list(CONF).parts()) {
      try (ImageSource.Images images = part.open(CONF)) {
        for (SourceImage image = images.next(); image != null; image = images.next()) {
          all.add(image);
        }
      }
    }
    return all;
  }
}
