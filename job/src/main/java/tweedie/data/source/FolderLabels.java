package tweedie.data.source;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;

/**
 * Labels by the folders that lie in the input: each is a class, of all pictures that lie in it or
 * further down.
 */
public enum FolderLabels implements PictureLabels {
  /** Every picture has to lie in one. */
  ALWAYS,
  /** Where every picture lies in one and there are two or more; otherwise there are no labels. */
  WHERE_ALL_LIE_IN_SOME,
  /** There are no labels. */
  NEVER;

  private static final Logger LOG = LoggerFactory.getLogger(FolderLabels.class);

  @Override
  public PictureClasses of(String folder, List<String> pictures, Configuration conf) {
    List<String> outside = pictures.stream().filter(path -> path.indexOf('/') < 0).toList();
    if (this == ALWAYS && !outside.isEmpty()) {
      throw new DataException(
          outside(folder, outside, pictures.size())
              + "; move them into folders of their classes, or give --labels none");
    }
    List<String> folders =
        pictures.stream()
            .filter(path -> path.indexOf('/') >= 0)
            .map(path -> path.substring(0, path.indexOf('/')))
            .toList();
    boolean several = folders.stream().distinct().limit(2).count() == 2;
    if (this == ALWAYS || this == WHERE_ALL_LIE_IN_SOME && outside.isEmpty() && several) {
      return PictureClasses.of(folders, folders);
    }
    if (this == WHERE_ALL_LIE_IN_SOME && !folders.isEmpty()) {
      LOG.info(
          "Pictures get no labels: {}",
          outside.isEmpty()
              ? "all lie in one folder of %s, %s".formatted(folder, folders.get(0))
              : outside(folder, outside, pictures.size()));
    }
    return PictureClasses.none(pictures.size());
  }

  private static String outside(String folder, List<String> outside, int pictures) {
    return "No folder of %s holds %d of its %d pictures, the first is %s"
        .formatted(folder, outside.size(), pictures, outside.get(0));
  }
}
