package tweedie.driver.evaluate.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.Classified;

/**
 * What became of the samples that were asked to be of one class.
 *
 * @param name of the class; {@link #ALL} for those of all classes
 * @param images how many there are
 * @param recognised share of them whose most probable class is the one asked for
 * @param confidence mean probability of the most probable class
 */
public record AskedClass(String name, int images, Estimate recognised, Estimate confidence) {

  /** In place of a name. */
  static final String ALL = "all";

  /**
   * Of all classes, then of each; empty where no class was asked for.
   *
   * @param names of the classes, by number; those beyond have none
   * @param asked class of each sample, [n]; -1 where none was asked for
   */
  static List<AskedClass> of(List<String> names, int[] asked, Classified classified) {
    List<AskedClass> classes = new ArrayList<>();
    if (IntStream.of(asked).anyMatch(k -> k >= 0)) {
      classes.add(of(ALL, asked, classified, k -> k >= 0));
      IntStream.of(asked)
          .filter(k -> k >= 0)
          .distinct()
          .sorted()
          .forEach(
              k ->
                  classes.add(
                      of(
                          k < names.size() ? names.get(k) : Integer.toString(k),
                          asked,
                          classified,
                          of -> of == k)));
    }
    return classes;
  }

  private static AskedClass of(
      String name, int[] asked, Classified classified, IntPredicate chosen) {
    int[] rows = IntStream.range(0, asked.length).filter(i -> chosen.test(asked[i])).toArray();
    int right = (int) IntStream.of(rows).filter(i -> classified.label(i) == asked[i]).count();
    return new AskedClass(
        name,
        rows.length,
        Estimate.ofShare(right, rows.length),
        HalfSamples.ofMean(IntStream.of(rows).mapToDouble(classified::confidence).toArray()));
  }
}
