package tweedie.data.source;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What pictures are of.
 *
 * @param names of the classes, whose places are the labels; empty where there are none
 * @param labels of the pictures in their order; -1 each where there are no classes
 */
public record PictureClasses(List<String> names, List<Integer> labels) {

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,18}");

  /** No picture has a label. */
  static PictureClasses none(int pictures) {
    return new PictureClasses(List.of(), Collections.nCopies(pictures, -1));
  }

  /**
   * Classes are numbered in the order of their names; in that of the numbers where all names are.
   *
   * @param all names, in any order and any number of times each
   * @param ofPictures the name of each picture's class
   */
  public static PictureClasses of(Collection<String> all, List<String> ofPictures) {
    Comparator<String> order = Comparator.naturalOrder();
    if (all.stream().allMatch(name -> WHOLE_NUMBER.matcher(name).matches())) {
      order = Comparator.<String>comparingLong(Long::parseLong).thenComparing(order); // 1 and 01
    }
    List<String> names = all.stream().distinct().sorted(order).toList();
    Map<String, Integer> places = new HashMap<>();
    names.forEach(name -> places.put(name, places.size()));
    return new PictureClasses(names, ofPictures.stream().map(places::get).toList());
  }
}
