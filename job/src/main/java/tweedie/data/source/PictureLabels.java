package tweedie.data.source;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;

/** Where the labels of the pictures of a folder come from. */
public sealed interface PictureLabels extends Serializable permits FolderLabels, LabelFile {

  /**
   * The classes of pictures.
   *
   * @param folder that they lie in, for messages
   * @param pictures their paths below it, with slashes between names; at least one
   * @throws DataException if a picture has no class where it needs one
   * @throws IOException if the file system fails
   */
  PictureClasses of(String folder, List<String> pictures, Configuration conf) throws IOException;
}
