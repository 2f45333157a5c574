package tweedie.driver.evaluate.classes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.run.EarlierFiles;
import tweedie.evaluate.Estimate;

/**
 * How well the model tells classes by their densities.
 *
 * @param model what it is
 * @param round after which it had its weights; 0 of a model that was not trained
 * @param data the images
 * @param trainedOn whether the model was trained on these
 * @param images how many were looked at
 * @param levels noise levels, [L]
 * @param noise how often each image was made noisy at each level
 * @param accuracy share of the images that are most likely under their own class
 * @param classes what became of each class
 * @param seconds it took
 * @param overrides settings that were not the run's
 */
public record ClassResult(
    String model,
    @MayBeAbsent Integer round,
    String data,
    boolean trainedOn,
    int images,
    double[] levels,
    int noise,
    Estimate accuracy,
    List<OfClass> classes,
    double seconds,
    List<String> overrides)
    implements Measurement.Result {

  /** Files of earlier versions say the round in the name of the model only. */
  public ClassResult {
    round = EarlierFiles.round(round, model);
  }

  /**
   * The images of one class.
   *
   * @param name of the class
   * @param images how many
   * @param accuracy share that is most likely under this class
   * @param recognised how many are most likely under each class, [K]
   */
  public record OfClass(String name, int images, Estimate accuracy, int[] recognised) {}

  /**
   * The classes of which there are images.
   *
   * @param found label and recognised class of each image
   * @param names of all classes
   */
  static List<OfClass> classes(List<int[]> found, List<String> names) {
    int[][] counts = new int[names.size()][names.size()];
    found.forEach(image -> counts[image[0]][image[1]]++);
    List<OfClass> classes = new ArrayList<>();
    for (int k = 0; k < counts.length; k++) {
      int all = Arrays.stream(counts[k]).sum();
      if (all > 0) {
        classes.add(new OfClass(names.get(k), all, Estimate.ofShare(counts[k][k], all), counts[k]));
      }
    }
    return classes;
  }

  @Override
  public String table() {
    Formatter text = new Formatter();
    text.format(
        "classes by density: %s, %d images of %s (%s), %d noise levels from %.4g to %.4g%n",
        model,
        images,
        data,
        trainedOn ? "trained on" : "not trained on",
        levels.length,
        levels[0],
        levels[levels.length - 1]);
    text.format("%-24s %8d  %s%n", "all", images, number(accuracy));
    for (OfClass of : classes) {
      text.format("%-24s %8d  %s%n", of.name(), of.images(), number(of.accuracy()));
    }
    return text.toString().stripTrailing();
  }

  private static String number(Estimate estimate) {
    return "%.4f (%.4f to %.4f)".formatted(estimate.value(), estimate.low(), estimate.high());
  }
}
