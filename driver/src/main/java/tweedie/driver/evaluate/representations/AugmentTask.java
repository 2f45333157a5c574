package tweedie.driver.evaluate.representations;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.device.TaskResources;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.model.RunModel;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.representations.Augmentation;
import tweedie.network.engine.Engines;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Vectors;

/**
 * A task that finds how far images and their codes move when the images are changed a little.
 *
 * @param done counts images
 */
record AugmentTask(
    Broadcast<RunModel> model, FlowCodes flow, long seed, int threads, LongAccumulator done)
    implements Function<RealImages, List<Moved>> {

  /** In place of the number of a noise level. */
  private static final long NOISE = -2;

  /** Of each image. */
  @Override
  public List<Moved> call(RealImages some) throws IOException {
    Engines.take(threads);
    List<LabeledImage> images = some.read(TaskResources.hadoop());
    long[] ids = images.stream().mapToLong(LabeledImage::id).toArray();
    double[] rows = ImageRows.doubles(ImageRows.of(images));
    ImageShape shape = images.get(0).shape();
    List<Augmentation> augmentations = Augmentation.of(shape);
    double[][] pixels = new double[augmentations.size()][];
    double[][] codes = new double[augmentations.size()][];
    double[][] alike = new double[augmentations.size()][];
    double[] plain;
    try (DifferentiableDenoiser denoiser = model.value().differentiable()) {
      plain = flow.encode(denoiser, rows, seed, ids);
      for (int a = 0; a < pixels.length; a++) {
        Augmentation how = augmentations.get(a);
        double[] changed = changed(how, rows, shape, ids);
        double[] ofChanged = flow.encode(denoiser, changed, seed, ids);
        pixels[a] = squares(rows, changed, ids.length);
        codes[a] = squares(plain, ofChanged, ids.length);
        alike[a] = squares(how.moved(plain, shape), ofChanged, ids.length);
      }
    }
    List<Moved> moved = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      int d = shape.dimension();
      moved.add(
          new Moved(
              ImageRows.row(rows, i, d),
              ImageRows.row(plain, i, d),
              at(pixels, i),
              at(codes, i),
              at(alike, i)));
    }
    done.add(ids.length);
    return moved;
  }

  private double[] changed(Augmentation how, double[] rows, ImageShape shape, long[] ids) {
    List<double[]> changed = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      Draws draws = Draws.of(seed, Purpose.REPRESENTATION, ids[i], NOISE);
      changed.add(how.of(ImageRows.row(rows, i, shape.dimension()), shape, draws));
    }
    return ImageRows.joined(changed);
  }

  /** |a_i - b_i|^2, [n]. */
  private static double[] squares(double[] a, double[] b, int n) {
    int d = a.length / n;
    double[] squares = new double[n];
    for (int i = 0; i < n; i++) {
      squares[i] = Vectors.squaredDistance(ImageRows.row(a, i, d), ImageRows.row(b, i, d));
    }
    return squares;
  }

  private static double[] at(double[][] values, int i) {
    double[] column = new double[values.length];
    for (int a = 0; a < values.length; a++) {
      column[a] = values[a][i];
    }
    return column;
  }
}
