package tweedie.data.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.LabeledImage;

/**
 * An imported data set: a directory of Parquet shards whose images all have one shape.
 *
 * <p>All but the {@link #fingerprint} comes from the footers of the shards and small files beside
 * them; no pixel is read.
 */
public final class ShardedData implements ShardedImages {

  private static final Pattern PART = Pattern.compile("part-(\\d{1,18})(-.*)?\\.parquet");

  /** Spark's names of the files of a task that writes several. */
  private static final Pattern FILE_OF_PART =
      Pattern.compile("part-.*-c(\\d{3,9})(?:\\.\\w+)?\\.parquet");

  private static final Logger LOG = LoggerFactory.getLogger(ShardedData.class);

  private final Path directory;
  private final Configuration conf;
  private final List<FileStatus> files;
  private final List<Shard> shards;
  private final List<ShardFooter> footers;
  private final ShardFooter first;
  private List<String> classNames;
  private String fingerprint;

  private ShardedData(
      Path directory,
      Configuration conf,
      List<FileStatus> files,
      List<Shard> shards,
      List<ShardFooter> footers) {
    this.directory = directory;
    this.conf = conf;
    this.files = List.copyOf(files);
    this.shards = List.copyOf(shards);
    this.footers = List.copyOf(footers);
    this.first = footers.get(0);
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
    List<FileStatus> files = files(dir, conf);
    if (files.isEmpty()) {
      throw new DataException(dir + " holds no *.parquet file; `tweedie import` writes them");
    }
    List<FileStatus> filled = new ArrayList<>();
    List<Shard> shards = new ArrayList<>();
    List<ShardFooter> footers = new ArrayList<>();
    for (FileStatus file : files) {
      ShardFooter footer = ShardFooter.read(file, conf);
      if (footer.images() == 0) {
        continue; // such as a batch of samples all of whose chains were stopped
      }
      footers.add(footer);
      ShardFooter first = footers.get(0);
      if (!footer.shape().equals(first.shape()) || footer.eightBit() != first.eightBit()) {
        throw new DataException(
            String.format(
                "Shards differ: %s holds %s, %s holds %s",
                shards.get(0).path(), first, file.getPath(), footer));
      }
      shards.add(
          new Shard(file.getPath().toString(), footer.images(), ShardFile.hosts(file, conf)));
      filled.add(file);
    }
    if (footers.isEmpty()) {
      throw new DataException(dir + " holds no image: all its *.parquet files are empty");
    }
    return new ShardedData(dir, conf, filled, shards, footers);
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public boolean inFiles() {
    return true;
  }

  @Override
  public ImageShape shape() {
    return first.shape();
  }

  /** The shards, sorted by part number; at least one. */
  @Override
  public List<Shard> shards() {
    return shards;
  }

  @Override
  public JavaRDD<LabeledImage> read(JavaSparkContext spark) {
    return ShardRdd.read(spark, shards);
  }

  @Override
  public boolean eightBit() {
    return first.eightBit();
  }

  /**
   * Between which labels those of all images lie.
   *
   * @throws DataException if a footer does not say it
   */
  @Override
  public LabelRange labels() {
    LabelRange all = first.labels();
    for (int i = 0; i < footers.size(); i++) {
      LabelRange labels = footers.get(i).labels();
      if (labels == null) {
        throw new DataException(
            "The footer of %s does not say between which labels those of its images lie; import them again"
                .formatted(shards.get(i).path()));
      }
      all = all.and(labels);
    }
    return all;
  }

  @Override
  public synchronized List<String> classNames() {
    if (classNames == null) {
      try {
        classNames = ClassNames.of(directory, conf);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
    return classNames;
  }

  /**
   * A hash of what is in the shards, as {@link ShardedImages#fingerprint} has it; neither the names
   * and lengths of the files nor how they are encoded matter.
   *
   * <p>Import keeps the checksums of the shards beside them. Where they are absent, all shards are
   * read for them once: by tasks, where this process has a Spark session, and here otherwise.
   *
   * @throws UncheckedIOException if the file system fails
   */
  @Override
  public synchronized String fingerprint() {
    if (fingerprint == null) {
      try {
        fingerprint = ShardedImages.fingerprint(this, checksums());
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
    return fingerprint;
  }

  /**
   * The fingerprint that earlier versions took: of the names, lengths and image counts of the
   * shards.
   */
  public String fingerprintOfFiles() {
    StringBuilder print = new StringBuilder();
    for (int i = 0; i < files.size(); i++) {
      FileStatus file = files.get(i);
      print.append(stableName(file)).append(' ').append(file.getLen()).append(' ');
      print.append(shards.get(i).images()).append('\n');
    }
    return ShardedImages.sha256(print.append(first).toString());
  }

  /**
   * The fingerprint of these data that is of the kind of {@code written}. One of an earlier version
   * is of the names and lengths of the files, which is all that it says.
   */
  @Override
  public String fingerprintLike(String written) {
    return written.endsWith(OF_CONTENT) ? fingerprint() : fingerprintOfFiles();
  }

  /** Whether the same is in both, divided into shards alike; read only where it can be. */
  public boolean isSameAs(ShardedData other) {
    return first.toString().equals(other.first.toString())
        && shards.stream()
            .map(Shard::images)
            .toList()
            .equals(other.shards.stream().map(Shard::images).toList())
        && fingerprint().equals(other.fingerprint());
  }

  @Override
  public synchronized void keep(List<String> checksums) throws IOException {
    fingerprint = ShardedImages.fingerprint(this, checksums);
    if (!checksums.equals(KeptChecksums.of(directory, files, conf))) {
      KeptChecksums.write(directory, files, checksums, conf);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException(directory + " cannot be read: " + e.getMessage(), e);
  }

  private List<String> checksums() throws IOException {
    List<String> checksums = KeptChecksums.of(directory, files, conf);
    List<Shard> missing = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      if (checksums.get(i) == null) {
        missing.add(shards.get(i));
      }
    }
    if (missing.isEmpty()) {
      return checksums;
    }
    LOG.info(
        "{} keeps no checksums of {} of its {} shards: reads them once for its fingerprint",
        directory,
        missing.size(),
        shards.size());
    Iterator<String> taken = ShardChecksum.of(missing, eightBit(), conf).iterator();
    checksums.replaceAll(checksum -> checksum == null ? taken.next() : checksum);
    KeptChecksums.write(directory, files, checksums, conf);
    return checksums;
  }

  /** The files of a data set, in the order of their shards. */
  static List<FileStatus> files(Path dir, Configuration conf) throws IOException {
    return InputFiles.in(dir, conf).stream()
        .filter(file -> file.getPath().getName().matches("[^._].*\\.parquet"))
        .sorted(
            Comparator.<FileStatus>comparingLong(file -> number(PART, file))
                .thenComparingLong(file -> number(FILE_OF_PART, file))) // of equals by name
        .toList();
  }

  /** The number in the name of a file; the largest where it has none. */
  private static long number(Pattern pattern, FileStatus file) {
    Matcher name = pattern.matcher(file.getPath().getName());
    return name.matches() ? Long.parseLong(name.group(1)) : Long.MAX_VALUE;
  }

  private static String stableName(FileStatus file) {
    Matcher part = PART.matcher(file.getPath().getName());
    return part.matches() ? "part-" + part.group(1) : file.getPath().getName();
  }
}
