package tweedie.driver.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tweedie.data.ImageRows;
import tweedie.evaluate.samples.Classifier;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** A number of an image by which the mixing of chains is judged. */
public interface WalkStatistic extends Serializable {

  String name();

  /**
   * The number of each image.
   *
   * @param images [n, d], in the scale of the data
   * @return [n]
   */
  double[] of(float[] images, int n);

  /**
   * Projections on fixed random directions of unit length: eight, or as many as there are values.
   */
  static List<WalkStatistic> projections(int dimension) {
    return IntStream.range(0, Math.min(8, dimension))
        .<WalkStatistic>mapToObj(index -> Projection.of(dimension, index))
        .toList();
  }

  /** The coordinate along a direction. */
  record Projection(String name, double[] direction) implements WalkStatistic {

    static Projection of(int dimension, int index) {
      double[] direction = Draws.of(0, Purpose.EVALUATION, index, 0).direction(dimension);
      return new Projection("projection " + (index + 1), direction);
    }

    @Override
    public double[] of(float[] images, int n) {
      double[] coordinates = new double[n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < direction.length; j++) {
          coordinates[i] += direction[j] * images[i * direction.length + j];
        }
      }
      return coordinates;
    }
  }

  /** The log density of data with noise s, which a mixture knows. */
  record LogDensity(GaussianMixture mixture, double s) implements WalkStatistic {

    @Override
    public String name() {
      return "log density at noise " + s;
    }

    @Override
    public double[] of(float[] images, int n) {
      double[] rows = ImageRows.doubles(images);
      return IntStream.range(0, n)
          .mapToDouble(i -> mixture.logDensity(ImageRows.row(rows, i, mixture.dimension()), s))
          .toArray();
    }
  }

  /** The number of the class that a classifier sees. */
  record ClassLabel(Classifier classifier) implements WalkStatistic {

    @Override
    public String name() {
      return "class label";
    }

    @Override
    public double[] of(float[] images, int n) {
      return Arrays.stream(classifier.classify(images).labels()).asDoubleStream().toArray();
    }
  }
}
