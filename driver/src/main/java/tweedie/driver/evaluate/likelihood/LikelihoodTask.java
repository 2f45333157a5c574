package tweedie.driver.evaluate.likelihood;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.device.TaskResources;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.model.RunModel;
import tweedie.evaluate.likelihood.FlowLikelihood;
import tweedie.evaluate.likelihood.ImageDensities;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.network.engine.Engines;
import tweedie.score.CopyNoise;
import tweedie.score.DifferentiableDenoiser;

/**
 * A task that measures the density of one batch of images and writes it, whole or not at all.
 *
 * @param directory of the parts
 * @param dequantize whether pixels are dequantized first
 * @param measured counts images, as often as they are measured
 */
record LikelihoodTask(
    Broadcast<RunModel> model,
    String directory,
    long seed,
    boolean dequantize,
    int threads,
    LongAccumulator measured)
    implements Function<LikelihoodTask.Batch, List<ImageDensity>> {

  /**
   * What is measured of images.
   *
   * @param name of the files
   * @param flow how
   * @param s noise of the density
   * @param repeats how often an image is dequantized
   * @param copies number of noisy copies whose joint density is measured; 0 for the image itself
   * @param images how many: the first of an order
   */
  record Measure(String name, FlowLikelihood flow, double s, int repeats, int copies, int images)
      implements Serializable {

    ImageDensities densities(boolean dequantize) {
      return new ImageDensities(flow, s, repeats, copies, dequantize);
    }

    CopyNoise noise() {
      return densities(false).noise();
    }
  }

  /**
   * A piece of work.
   *
   * @param number of the batch among those of its measure
   */
  record Batch(Measure measure, int number, RealImages images) implements Serializable {

    Path file(String directory) {
      return new Path(directory, "%s-%06d.jsonl".formatted(measure.name(), number));
    }

    int evaluations() {
      return images.count() * measure.repeats();
    }
  }

  @Override
  public List<ImageDensity> call(Batch batch) throws IOException {
    Engines.take(threads);
    Configuration hadoop = TaskResources.hadoop();
    List<LabeledImage> images = batch.images().read(hadoop);
    List<ImageDensity> densities;
    try (DifferentiableDenoiser denoiser = model.value().differentiable()) {
      densities = batch.measure().densities(dequantize).of(denoiser, images, seed, measured::add);
    }
    Path file = batch.file(directory);
    WholeFile.write(
        ResultFiles.of(file, hadoop),
        file,
        densities.stream()
            .map(density -> Json.LINE.text(density) + "\n")
            .collect(Collectors.joining()));
    return densities;
  }

  /**
   * What a task wrote of a batch.
   *
   * @throws DataException if it is damaged
   */
  static List<ImageDensity> read(FileSystem files, Path file, Batch batch) throws IOException {
    List<ImageDensity> densities =
        WholeFile.read(files, file)
            .lines()
            .map(line -> Json.LINE.read(line, ImageDensity.class, file))
            .toList();
    if (densities.size() != batch.images().count()
        || densities.stream()
            .anyMatch(image -> image.logDensities().length != batch.measure().repeats())) {
      throw new DataException(
          "%s is damaged: it does not hold the densities of %d images. Delete it, and they are measured again."
              .formatted(file, batch.images().count()));
    }
    return densities;
  }
}
