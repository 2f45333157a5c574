package tweedie.driver;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** A number of an image by which the mixing of chains is judged. */
interface WalkStatistic extends Serializable {

  String name();

  /**
   * @param image [d], in the scale of the data
   */
  double of(float[] image);

  /** Projections of images on fixed random directions of unit length. */
  static List<WalkStatistic> projections(int dimension, int count) {
    return IntStream.range(0, count)
        .<WalkStatistic>mapToObj(index -> Projection.of(dimension, index))
        .toList();
  }

  /** The coordinate along a direction. */
  record Projection(String name, double[] direction) implements WalkStatistic {

    static Projection of(int dimension, int index) {
      Draws draws = Draws.of(0, Purpose.EVALUATION, index, 0);
      double[] direction = new double[dimension];
      double squares = 0;
      for (int j = 0; j < dimension; j++) {
        direction[j] = draws.gaussian();
        squares += direction[j] * direction[j];
      }
      for (int j = 0; j < dimension; j++) {
        direction[j] /= Math.sqrt(squares);
      }
      return new Projection("projection " + (index + 1), direction);
    }

    @Override
    public double of(float[] image) {
      double sum = 0;
      for (int j = 0; j < image.length; j++) {
        sum += direction[j] * image[j];
      }
      return sum;
    }
  }

  /** The log density of data with noise s, which a mixture knows. */
  record LogDensity(GaussianMixture mixture, double s) implements WalkStatistic {

    @Override
    public String name() {
      return "log density at noise " + s;
    }

    @Override
    public double of(float[] image) {
      double[] y = new double[image.length];
      for (int j = 0; j < y.length; j++) {
        y[j] = image[j];
      }
      return mixture.logDensity(y, s);
    }
  }
}
