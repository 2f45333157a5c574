package tweedie.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.driver.table.RowImages;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.likelihood.ImageDensities;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.evaluate.likelihood.PixelScale;
import tweedie.sample.picture.ImageGrid;
import tweedie.score.DifferentiableDenoiser;

/** What a model says of images, in columns of its own. */
sealed interface ImageFunction extends Serializable {

  DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);
  DataType DOUBLES = DataTypes.createArrayType(DataTypes.DoubleType, false);

  /** The columns. */
  List<StructField> fields();

  /**
   * Their values.
   *
   * @return [n][columns]
   */
  Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch);

  /** Whether it is of images with a known noise on them, of which a row may have several. */
  default boolean ofNoisy() {
    return false;
  }

  /**
   * Refuses images that it is not of.
   *
   * @throws DataException if these are such
   */
  default void requireStored(RowImages images) {}

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  /**
   * The posterior mean E[x | y], or E[x | y_1..y_m] of several copies.
   *
   * @param png as a PNG file in place of an array of floats
   */
  record Denoised(boolean png) implements ImageFunction {

    @Override
    public List<StructField> fields() {
      return List.of(field("denoised", png ? DataTypes.BinaryType : FLOATS));
    }

    @Override
    public Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch) {
      double[] denoised = batch.denoised(denoiser);
      ImageGrid grid = new ImageGrid(batch.shape(), 1);
      return batch.each(
          i -> {
            double[] row = ImageRows.row(denoised, i, batch.dimension());
            return new Object[] {png ? grid.picture(row) : ImageRows.floats(row)};
          });
    }

    @Override
    public boolean ofNoisy() {
      return true;
    }
  }

  /** The score grad log p_s at the mean of the copies, (D - y) / s^2 by Tweedie's formula. */
  record Score() implements ImageFunction {

    @Override
    public List<StructField> fields() {
      return List.of(field("score", FLOATS));
    }

    @Override
    public Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch) {
      double[] denoised = batch.denoised(denoiser);
      int d = batch.dimension();
      return batch.each(
          i -> {
            float[] score = new float[d];
            double s = batch.noise()[i];
            for (int j = 0; j < d; j++) {
              score[j] = (float) ((denoised[i * d + j] - batch.means()[i * d + j]) / (s * s));
            }
            return new Object[] {score};
          });
    }

    @Override
    public boolean ofNoisy() {
      return true;
    }
  }

  /**
   * Bits per dimension by the probability-flow ODE, and the standard error that its probes and
   * dequantizations give it; null with one of each.
   *
   * @param offset bits for the scale of 8-bit pixels; 0 of a density of numbers
   */
  record Bits(ImageDensities densities, double offset, long seed) implements ImageFunction {

    @Override
    public List<StructField> fields() {
      return List.of(field("bits", DataTypes.DoubleType), field("bitsError", DataTypes.DoubleType));
    }

    @Override
    public Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch) {
      List<ImageDensity> found = densities.of(denoiser, batch.images(), seed, measured -> {});
      int d = batch.dimension();
      return batch.each(
          i -> {
            double error =
                found.get(i).error() / (d * Math.log(2)); // as the density's, without the offset
            return new Object[] {
              PixelScale.differentialBits(found.get(i).logDensity(), d) + offset,
              Double.isNaN(error) ? null : error
            };
          });
    }
  }

  /**
   * Norms of the score at the image itself, over the noise levels of the model: s |score| / sqrt(d)
   * = |D - y| / (s sqrt(d)), near 1 of noise of that level. Features of multiscale score matching
   * analysis (Mahmood et al. 2021, arXiv 2010.13132, section 3).
   *
   * @param levels s, [L]
   */
  record ScoreNorms(double[] levels, long seed) implements ImageFunction {

    @Override
    public List<StructField> fields() {
      return List.of(field("scoreNorms", DOUBLES));
    }

    @Override
    public Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch) {
      int n = batch.count();
      int d = batch.dimension();
      double[][] norms = new double[n][levels.length];
      double[] denoised = new double[n * d];
      double[] s = new double[n];
      DifferentiableDenoiser ofThese = denoiser.fixedFor(seed, batch.ids());
      for (int level = 0; level < levels.length; level++) {
        Arrays.fill(s, levels[level]);
        ofThese.denoise(batch.means(), s, denoised);
        for (int i = 0; i < n; i++) {
          double sum = 0;
          for (int j = i * d; j < (i + 1) * d; j++) {
            double difference = denoised[j] - batch.means()[j];
            sum += difference * difference;
          }
          norms[i][level] = Math.sqrt(sum / d) / levels[level];
        }
      }
      return batch.each(i -> new Object[] {norms[i]});
    }
  }

  /** The code of an image by the probability-flow ODE. */
  record Code(FlowCodes flow, long seed) implements ImageFunction {

    @Override
    public List<StructField> fields() {
      return List.of(field("code", FLOATS));
    }

    @Override
    public Object[][] of(DifferentiableDenoiser denoiser, ImageBatch batch) {
      double[] codes = flow.encode(denoiser, batch.means(), seed, batch.ids());
      return batch.each(
          i -> new Object[] {ImageRows.floats(ImageRows.row(codes, i, batch.dimension()))});
    }
  }
}
