package tweedie.driver.config;

import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The keys that the settings have. */
final class SettingKeys {

  static final String ROOT = "tweedie";

  /** Nobody means a key by something longer. */
  private static final int LONGEST = 200;

  private SettingKeys() {}

  /** The key of a record component or the name of an enum constant: {@code tMin} is t-min. */
  static String kebab(String name) {
    return name.equals(name.toUpperCase(Locale.ROOT))
        ? name.toLowerCase(Locale.ROOT).replace('_', '-')
        : name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The keys below {@code path} that hold the record {@code type}, groups included. */
  static List<String> of(Class<?> type, String path) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = path + "." + kebab(component.getName());
      keys.add(key);
      if (component.getType().isRecord()) {
        keys.addAll(of(component.getType(), key));
      }
    }
    return keys;
  }

  /** The annotation of a setting, or of the innermost group around it that has one. */
  static <A extends Annotation> Optional<A> innermost(Class<A> annotation, String key) {
    Optional<A> found = Optional.empty();
    Class<?> group = Settings.class;
    for (String name : key.substring(ROOT.length() + 1).split("\\.")) {
      RecordComponent component =
          Stream.of(group.getRecordComponents())
              .filter(candidate -> kebab(candidate.getName()).equals(name))
              .findFirst()
              .orElseThrow();
      Optional<A> outer = found;
      found = Optional.ofNullable(component.getAnnotation(annotation)).or(() -> outer);
      group = component.getType();
    }
    return found;
  }

  /** Known keys that someone who wrote {@code unknown} may have meant; the likeliest, if any. */
  static List<String> like(String unknown) {
    if (unknown.length() > LONGEST) {
      return List.of();
    }
    List<String> known = of(Settings.class, ROOT);
    // two letters exchanged are two mistakes
    int tolerated = last(unknown).length() < 4 ? 1 : 2;
    List<String> near =
        known.stream().filter(key -> distance(last(key), last(unknown)) <= tolerated).toList();
    // of those that are as like, keys of fewer groups are the ones that people know
    return least(least(near, key -> unlikeness(key, unknown)), key -> key.split("\\.").length);
  }

  private static List<String> least(List<String> keys, ToIntFunction<String> of) {
    int least = keys.stream().mapToInt(of).min().orElse(0);
    return keys.stream().filter(key -> of.applyAsInt(key) == least).toList();
  }

  private static int unlikeness(String key, String unknown) {
    int words = distance(last(key), last(unknown));
    return 2 * words + (group(key).equals(group(unknown)) ? 0 : 1);
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1)
        .replace("-", "")
        .replace("_", "")
        .toLowerCase(Locale.ROOT);
  }

  private static String group(String key) {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }

  /** Levenshtein's distance: the fewest letters to insert, delete or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
