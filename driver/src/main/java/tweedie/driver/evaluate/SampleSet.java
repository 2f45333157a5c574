package tweedie.driver.evaluate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageShape;
import tweedie.data.PixelRange;
import tweedie.data.source.GeneratedImages;
import tweedie.driver.run.RunDirectory;

/**
 * A set of samples that is to be measured.
 *
 * @param name under which the result is written
 * @param path where they are
 * @param scale what black and white are in them; [0, 1] unless given, and only given for floats
 */
public record SampleSet(String name, Path path, Optional<PixelRange> scale) {

  /** A set of samples and its first images. */
  public record Drawn(String name, GeneratedImages images) {}

  /**
   * The sets that are asked for; every directory of samples in the run where none is.
   *
   * @throws DataException if there is none
   */
  public static List<SampleSet> of(EvaluatedRun evaluated) throws IOException {
    RunDirectory run = evaluated.directory();
    Optional<Path> samples = evaluated.request().samples();
    Path inRun = new Path(run.path(), "samples");
    if (samples.isPresent()) {
      return List.of(named(run, samples.get(), evaluated.request().scale(), evaluated.conf()));
    }
    List<SampleSet> sets = new ArrayList<>();
    if (run.files().exists(inRun)) {
      for (FileStatus entry : run.files().listStatus(inRun)) {
        if (entry.isDirectory()) {
          sets.add(new SampleSet(entry.getPath().getName(), entry.getPath(), Optional.empty()));
        }
      }
    }
    if (sets.isEmpty()) {
      throw new DataException(
          "The run %s has no samples; draw some with `tweedie sample`, or name others with --samples"
              .formatted(run.path()));
    }
    sets.sort(Comparator.comparing(SampleSet::name));
    return sets;
  }

  private static SampleSet named(
      RunDirectory run, Path path, Optional<PixelRange> scale, Configuration conf)
      throws IOException {
    // an absolute URI would stay itself below the run
    if (path.getName().equals(path.toString())) {
      Path inRun = new Path(new Path(run.path(), "samples"), path);
      if (run.files().exists(inRun)) {
        return new SampleSet(path.getName(), inRun, scale);
      }
    }
    if (!FileSystems.of(path, conf).exists(path)) {
      throw new DataException(
          "--samples %s is neither a directory in samples/ of the run %s nor a file or folder"
              .formatted(path, run.path()));
    }
    String name = path.getName().replaceFirst("\\.npz$", "").replaceAll("[^A-Za-z0-9._-]", "_");
    return new SampleSet(name, path, scale);
  }

  /**
   * Reads at most {@code most} samples.
   *
   * @param shape of the model's images
   * @throws DataException if they are of another shape, fewer than {@code fewest}, or not finite
   */
  public Drawn read(ImageShape shape, int fewest, int most, Configuration conf) throws IOException {
    FileSystem files = FileSystems.of(path, conf);
    GeneratedImages images;
    if (path.getName().endsWith(".npz")) {
      images = GeneratedImages.ofNpz(path.toString(), shape, most, scale, conf);
    } else if (scale.isPresent()) {
      throw new DataException(
          path + " is no .npz file: leave out --scale, which says what floats in one mean");
    } else if (holdsShards(files)) {
      images = GeneratedImages.ofShards(path, most, conf);
    } else {
      images = GeneratedImages.ofFolder(path.toString(), shape, most, conf);
    }
    if (!images.shape().equals(shape)) {
      throw new DataException(
          "%s holds samples of %s, the model's are of %s".formatted(path, images.shape(), shape));
    }
    if (images.count() < fewest) {
      throw new DataException(
          "%s holds %d samples; at least %d are needed to measure them"
              .formatted(path, images.count(), fewest));
    }
    for (int j = 0; j < images.pixels().length; j++) {
      if (!Float.isFinite(images.pixels()[j])) {
        throw new DataException(
            "Sample %d of %s holds the value %s"
                .formatted(j / shape.dimension(), path, images.pixels()[j]));
      }
    }
    return new Drawn(name, images);
  }

  /** Whether these are samples of a run, and not a folder of images. */
  private boolean holdsShards(FileSystem files) throws IOException {
    if (!files.getFileStatus(path).isDirectory()) {
      return false;
    }
    boolean shards =
        Arrays.stream(files.listStatus(path))
            .anyMatch(entry -> entry.getPath().getName().endsWith(".parquet"));
    if (!shards && files.exists(new Path(path, "origin.json"))) {
      throw new DataException(path + " holds 0 samples; `tweedie sample` draws them");
    }
    return shards;
  }
}
