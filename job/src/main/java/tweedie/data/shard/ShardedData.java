package tweedie.data.shard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;

/**
 * An imported data set: a directory of Parquet shards whose images all have one shape.
 *
 * <p>Everything here comes from the footers of the shards; no pixel is read.
 */
public final class ShardedData {

  private static final Pattern PART = Pattern.compile("part-(\\d+)(-.*)?\\.parquet");

  private final ImageShape shape;
  private final List<Shard> shards;
  private final boolean eightBit;
  private final String fingerprint;

  private ShardedData(ImageShape shape, List<Shard> shards, boolean eightBit, String fingerprint) {
    this.shape = shape;
    this.shards = List.copyOf(shards);
    this.eightBit = eightBit;
    this.fingerprint = fingerprint;
  }

  /**
   * Opens a directory that an import wrote.
   *
   * <p>Shards without an image are left out.
   *
   * @throws DataException if it is missing, unreadable or empty, if a file in it is no shard, or if
   *     shards differ in shape
   * @throws IOException if the file system fails
   */
  public static ShardedData open(Path dir, Configuration conf) throws IOException {
    if (!InputFiles.status(dir.toString(), conf).isDirectory()) {
      throw new DataException(dir + " is a file; a data set is a directory of Parquet shards");
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus file : InputFiles.in(dir, conf)) {
      String name = file.getPath().getName();
      if (name.endsWith(".parquet") && !name.startsWith(".") && !name.startsWith("_")) {
        files.add(file);
      }
    }
    if (files.isEmpty()) {
      throw new DataException(dir + " holds no *.parquet file; `tweedie import` writes them");
    }
    files.sort(
        Comparator.comparing((FileStatus file) -> number(file))
            .thenComparing(file -> file.getPath().getName()));
    List<Shard> shards = new ArrayList<>();
    StringBuilder print = new StringBuilder();
    Footer first = null;
    for (FileStatus file : files) {
      Footer footer = Footer.read(file, conf);
      if (footer.images == 0) {
        continue; // such as a batch of samples all of whose chains were stopped
      }
      if (first == null) {
        first = footer;
      } else if (!footer.shape.equals(first.shape) || footer.eightBit != first.eightBit) {
        throw new DataException(
            String.format(
                "Shards differ: %s holds %s, %s holds %s",
                shards.get(0).path(), first, file.getPath(), footer));
      }
      shards.add(new Shard(file.getPath().toString(), footer.images, hosts(file, conf)));
      print.append(stableName(file)).append(' ').append(file.getLen()).append(' ');
      print.append(footer.images).append('\n');
    }
    if (first == null) {
      throw new DataException(dir + " holds no image: all its *.parquet files are empty");
    }
    print.append(first);
    return new ShardedData(first.shape, shards, first.eightBit, sha256(print.toString()));
  }

  /** The shape of every image. */
  public ImageShape shape() {
    return shape;
  }

  /** The shards, sorted by part number; at least one. */
  public List<Shard> shards() {
    return shards;
  }

  /** Number of images in all shards. */
  public long images() {
    return shards.stream().mapToLong(Shard::images).sum();
  }

  /** Whether pixels are stored as bytes and read as [0, 1]; otherwise they are any floats. */
  public boolean eightBit() {
    return eightBit;
  }

  /**
   * A hash of the names, lengths and image counts of the shards, in hexadecimal. The same for the
   * same import made again, which gives files names that differ in Spark's random part only.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * The machines that hold every block of a file; those of local files and object stores hold none.
   */
  private static List<String> hosts(FileStatus file, Configuration conf) throws IOException {
    Set<String> hosts = null;
    for (BlockLocation block :
        file.getPath().getFileSystem(conf).getFileBlockLocations(file, 0, file.getLen())) {
      List<String> holders = List.of(block.getHosts());
      if (hosts == null) {
        hosts = new TreeSet<>(holders);
      } else {
        hosts.retainAll(holders);
      }
    }
    if (hosts == null) {
      return List.of();
    }
    hosts.remove("localhost"); // said where nothing is known
    return List.copyOf(hosts);
  }

  private static long number(FileStatus file) {
    Matcher part = PART.matcher(file.getPath().getName());
    return part.matches() ? Long.parseLong(part.group(1)) : Long.MAX_VALUE;
  }

  private static String stableName(FileStatus file) {
    Matcher part = PART.matcher(file.getPath().getName());
    return part.matches() ? "part-" + part.group(1) : file.getPath().getName();
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** What a shard says of itself; the shape of an empty one is null. */
  private record Footer(ImageShape shape, boolean eightBit, long images) {

    static Footer read(FileStatus file, Configuration conf) {
      ParquetMetadata metadata;
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))) {
        metadata = reader.getFooter();
      } catch (IOException | RuntimeException e) {
        throw new DataException(file.getPath() + " cannot be read: " + e.getMessage(), e);
      }
      MessageType schema = metadata.getFileMetaData().getSchema();
      for (String column :
          List.of(
              ShardColumns.ID,
              ShardColumns.LABEL,
              ShardColumns.HEIGHT,
              ShardColumns.WIDTH,
              ShardColumns.CHANNELS,
              ShardColumns.PIXELS)) {
        if (!schema.containsField(column)) {
          throw new DataException(file.getPath() + " has no column " + column);
        }
      }
      long images = metadata.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
      if (images == 0) {
        return new Footer(null, false, 0);
      }
      ImageShape shape =
          new ImageShape(
              only(file, metadata, ShardColumns.HEIGHT),
              only(file, metadata, ShardColumns.WIDTH),
              only(file, metadata, ShardColumns.CHANNELS));
      return new Footer(shape, schema.getType(ShardColumns.PIXELS).isPrimitive(), images);
    }

    /** The value that all rows have in {@code column}, from the statistics of the row groups. */
    private static int only(FileStatus file, ParquetMetadata metadata, String column) {
      Integer value = null;
      for (BlockMetaData block : metadata.getBlocks()) {
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          if (!chunk.getPath().toDotString().equals(column)) {
            continue;
          }
          Statistics<?> statistics = chunk.getStatistics();
          if (!(statistics instanceof IntStatistics ints) || !ints.hasNonNullValue()) {
            throw new DataException(
                file.getPath() + " has no statistics of the column " + column + " in its footer");
          }
          if (ints.getMin() != ints.getMax() || value != null && value != ints.getMin()) {
            throw new DataException(
                String.format(
                    "%s holds images that differ in %s: %d and %d",
                    file.getPath(), column, value == null ? ints.getMin() : value, ints.getMax()));
          }
          value = ints.getMin();
        }
      }
      return value;
    }

    @Override
    public String toString() {
      return (eightBit ? "8-bit images of " : "floats of ") + shape;
    }
  }
}
