package tweedie.train.checkpoint;

import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.MayBeAbsent;
import tweedie.data.Version;

/**
 * What a checkpoint consists of, by which what is damaged is told.
 *
 * @param tweedie version that wrote it
 * @param losses absent in format 1
 * @param files by their names
 */
record Manifest(
    int format,
    String tweedie,
    @MayBeAbsent CheckpointLosses losses,
    SortedMap<String, Entry> files) {

  /** Name of the file. */
  static final String FILE = "manifest.json";

  /** What this version writes. It reads format 1, too, which had neither settings nor data. */
  static final int FORMAT = 2;

  /** What it says of one file. */
  record Entry(long bytes, String sha256) {}

  /** What one of a version to come has, too. */
  private record Format(@MayBeAbsent Integer format, @MayBeAbsent String tweedie) {}

  /** All of format 1. */
  private static final class Entries extends TreeMap<String, Entry> {
    private static final long serialVersionUID = 1L;
  }

  /** That of a checkpoint that is written now. */
  Manifest(CheckpointLosses losses, SortedMap<String, Entry> files) {
    this(FORMAT, Version.text(), losses, files);
  }

  String toJson() {
    return Json.SNAKE_LINE.text(this);
  }

  /**
   * What {@link #toJson} wrote, here or in an earlier version.
   *
   * @throws DataException if it is something else
   * @throws NewerException if a newer version of Tweedie wrote it
   */
  static Manifest read(String json, Path checkpoint) throws NewerException {
    Format said = Json.SNAKE_LINE.read(json, Format.class, FILE);
    if (said.format() == null) {
      return new Manifest(1, "", null, Json.SNAKE_EXACT.read(json, Entries.class, FILE));
    }
    if (said.format() > FORMAT) {
      throw new NewerException(
          "%s was written by Tweedie %s in format %d; this is Tweedie %s, which reads formats up to %d."
              .formatted(checkpoint, said.tweedie(), said.format(), Version.text(), FORMAT));
    }
    return Json.SNAKE_EXACT.read(json, Manifest.class, FILE);
  }

  /** A manifest that is whole, and that this version does not know. */
  static final class NewerException extends Exception {

    private static final long serialVersionUID = 1L;

    NewerException(String message) {
      super(message);
    }
  }
}
