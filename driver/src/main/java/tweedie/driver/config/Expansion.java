package tweedie.driver.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How long a config becomes once its references are replaced, found without replacing them: thirty
 * lines, each of which names the one before twice, are a thousand million of the first.
 */
final class Expansion {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]*)}");

  private static final int MOST_REFERENCES = 1000;

  /** Where a key is defined anew from its own older value, as += does. */
  private static final double FACTOR_OF_THREE_LOOKS_BACK = 3;

  /** A value that is no group, as it is written. */
  private record Leaf(String path, String text, List<String> references) {}

  private final List<Leaf> leaves = new ArrayList<>();
  private final Map<String, Double> lengths = new HashMap<>();
  private final List<Leaf> within = new ArrayList<>();
  private final Set<Leaf> lookBack = new HashSet<>();

  private Expansion() {}

  /** At most so many characters, or a few more. */
  static double of(ConfigObject root) {
    Expansion expansion = new Expansion();
    expansion.collect("", root);
    if (expansion.leaves.stream().mapToInt(leaf -> leaf.references().size()).sum()
        > MOST_REFERENCES) {
      throw new ConfigException.Generic(
          "it has more than %d references ${...}".formatted(MOST_REFERENCES));
    }
    return expansion.length("") + expansion.lengthOfLooksBack();
  }

  private void collect(String path, ConfigValue value) {
    if (value instanceof ConfigObject group) {
      List<Map.Entry<String, ConfigValue>> entries;
      try {
        entries = List.copyOf(group.entrySet());
      } catch (ConfigException.NotResolved e) {
        entries = null;
      }
      if (entries != null) {
        entries.forEach(entry -> collect(path + "\n" + entry.getKey(), entry.getValue()));
        return;
      }
    }
    String text = value.render(ConfigRenderOptions.concise());
    List<String> references =
        REFERENCE.matcher(text).results().map(found -> path(found.group(1))).toList();
    leaves.add(new Leaf(path, text, references));
  }

  private static String path(String reference) {
    try {
      return "\n" + String.join("\n", ConfigUtil.splitPath(reference));
    } catch (ConfigException e) {
      return "\n"; // a text in quotes, which refers to nothing
    }
  }

  /** The length of what a reference to a path stands for. */
  private double length(String path) {
    Double known = lengths.get(path);
    if (known != null) {
      return known;
    }
    double sum = 0;
    for (Leaf leaf : leaves) {
      if (overlap(leaf.path(), path)) {
        sum += length(leaf);
      }
    }
    lengths.put(path, sum);
    return sum;
  }

  private double length(Leaf leaf) {
    double sum = leaf.text().length();
    within.add(leaf);
    for (String reference : leaf.references()) {
      int older = 0;
      while (older < within.size() && !overlap(within.get(older).path(), reference)) {
        older++;
      }
      if (older < within.size()) {
        lookBack.addAll(within.subList(older, within.size()));
      } else {
        sum += length(reference);
      }
    }
    within.remove(within.size() - 1);
    return sum;
  }

  /** The worst that older values of keys can make of newer ones. */
  private double lengthOfLooksBack() {
    double length = lookBack.stream().mapToDouble(leaf -> leaf.text().length()).sum();
    double looks = lookBack.stream().mapToDouble(leaf -> leaf.references().size()).sum();
    return length * Math.pow(FACTOR_OF_THREE_LOOKS_BACK, looks / 3);
  }

  private static boolean overlap(String one, String other) {
    return isIn(one, other) || isIn(other, one);
  }

  private static boolean isIn(String path, String group) {
    return path.equals(group) || path.startsWith(group + "\n") || group.isEmpty();
  }
}
