package tweedie.driver.run;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.WholeFile;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;

/**
 * The samples of one name in a run.
 *
 * <p>{@code part-FIRST-LAST.parquet} holds the images of chains FIRST..LAST. Of a walk, whose
 * chains give an image at every jump, {@code part-FIRST-LAST-jumps-FROM-TO.parquet} holds jumps
 * FROM..TO of chains FIRST..LAST, and {@code walk-FIRST-LAST-JUMPS.json} where the chains are after
 * JUMPS jumps.
 */
public record SampleDirectory(FileSystem files, Path path) {

  private static final Pattern PART =
      Pattern.compile("part-(\\d{1,18})-(\\d{1,18})(?:-jumps-(\\d{1,18})-(\\d{1,18}))?\\.parquet");
  private static final Pattern WALK =
      Pattern.compile("walk-(\\d{1,18})-(\\d{1,18})-(\\d{1,18})\\.json");
  private static final String ORIGIN = "origin.json";

  /** What samples were drawn from; those of two models are not mixed. */
  public record Origin(String model, String sampler, long seed) {}

  /**
   * A file of images.
   *
   * @param first number of the first chain
   * @param last number of the last chain
   * @param from the first jump; 0 unless it is of a walk
   * @param jumps how many jumps; 0 unless it is of a walk
   */
  public record Part(Path file, long first, long last, long from, long jumps)
      implements Serializable {

    /** How many chains. */
    public long chains() {
      return last - first + 1;
    }
  }

  /**
   * Where a block of walking chains is.
   *
   * @param first number of the first chain
   * @param last number of the last chain
   * @param jumps how many jumps they have made
   */
  public record Block(Path file, long first, long last, long jumps) {}

  /** The file of the images of chains first..last. */
  public static Path part(String directory, long first, long last) {
    return new Path(directory, "part-%09d-%09d.parquet".formatted(first, last));
  }

  /** The file of jumps from..to of chains first..last. */
  public static Path part(String directory, long first, long last, long from, long to) {
    return new Path(
        directory, "part-%09d-%09d-jumps-%06d-%06d.parquet".formatted(first, last, from, to));
  }

  /** The file of where chains first..last are after so many jumps. */
  public static Path walk(String directory, long first, long last, long jumps) {
    return new Path(directory, "walk-%09d-%09d-%06d.json".formatted(first, last, jumps));
  }

  /**
   * Keeps other processes from drawing samples of this name.
   *
   * @throws RunInUseException if another one does
   */
  public RunLock lock() {
    return RunLock.of(files, path, RunLock.Times.USUAL);
  }

  /** Deletes what the lock, which sweeps the directory itself, has left of killed processes. */
  public void sweep() throws IOException {
    WholeFile.sweepAbandoned(files, new Path(path, "frames"), "");
  }

  /**
   * Makes the directory one of samples of this origin.
   *
   * @throws DataException if it holds samples of another one
   */
  public void claim(Origin origin) throws IOException {
    Path file = new Path(path, ORIGIN);
    if (files.exists(file)) {
      Origin there = origin();
      if (!there.equals(origin)) {
        throw new DataException(
            "%s holds samples of %s, these would be of %s. Give them another --name."
                .formatted(path, said(there), said(origin)));
      }
      return;
    }
    files.mkdirs(path);
    WholeFile.write(files, file, Json.PAGE.text(origin));
  }

  /** What the samples were drawn from. */
  public Origin origin() throws IOException {
    Path file = new Path(path, ORIGIN);
    return Json.PAGE.read(WholeFile.read(files, file), Origin.class, file);
  }

  private static String said(Origin origin) {
    return "%s by %s with seed %d".formatted(origin.model(), origin.sampler(), origin.seed());
  }

  /** The files of images, by their first chain and jump. */
  public List<Part> parts() throws IOException {
    List<Part> parts = new ArrayList<>();
    for (FileStatus entry : files.listStatus(path)) {
      Matcher part = PART.matcher(entry.getPath().getName());
      if (part.matches()) {
        boolean walk = part.group(3) != null;
        long from = walk ? Long.parseLong(part.group(3)) : 0;
        parts.add(
            new Part(
                entry.getPath(),
                Long.parseLong(part.group(1)),
                Long.parseLong(part.group(2)),
                from,
                walk ? Long.parseLong(part.group(4)) - from + 1 : 0));
      }
    }
    parts.sort(Comparator.comparingLong(Part::from).thenComparingLong(Part::first));
    return parts;
  }

  /** Where each block of walking chains is, by the first of its chains. */
  public List<Block> blocks() throws IOException {
    Map<Long, Block> newest = new TreeMap<>();
    for (FileStatus entry : files.listStatus(path)) {
      Matcher walk = WALK.matcher(entry.getPath().getName());
      if (walk.matches()) {
        Block block =
            new Block(
                entry.getPath(),
                Long.parseLong(walk.group(1)),
                Long.parseLong(walk.group(2)),
                Long.parseLong(walk.group(3)));
        newest.merge(block.first(), block, (a, b) -> a.jumps() > b.jumps() ? a : b);
      }
    }
    return List.copyOf(newest.values());
  }

  /**
   * The images with the lowest numbers, in their order.
   *
   * @param count at most so many
   * @param chains number of chains of a walk; of other samples 0
   */
  public List<LabeledImage> first(int count, int chains, Configuration conf) throws IOException {
    TreeMap<Long, LabeledImage> found = new TreeMap<>();
    for (Part part : parts()) {
      if (part.from() * chains + part.first() < count) {
        try (ShardReader reader = ShardReader.open(new Shard(part.file().toString(), 0), conf)) {
          while (reader.hasNext()) {
            LabeledImage image = reader.next();
            if (image.id() < count) {
              found.put(image.id(), image);
            }
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  public void write(String name, byte[] bytes) throws IOException {
    WholeFile.write(files, new Path(path, name), bytes);
  }

  public void write(String name, String text) throws IOException {
    WholeFile.write(files, new Path(path, name), text);
  }

  /** Writes {@code diagnostics.json}. */
  public void write(Diagnostics diagnostics) throws IOException {
    write(Diagnostics.FILE, Json.SNAKE_PAGE.text(diagnostics));
  }
}
