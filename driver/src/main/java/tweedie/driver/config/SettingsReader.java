package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a config into the record tree of {@link Settings} and notes everything that is wrong on the
 * way. A value that is wrong is replaced by its default, so that the rest can still be checked.
 */
final class SettingsReader {

  private static final Pattern NUMBER =
      Pattern.compile("-?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");

  /** The decimals of every double fit; for a million digits BigDecimal takes half a minute. */
  private static final int LONGEST_NUMBER = 1100;

  /** A setting or a group of a record, found once. */
  private record Part(String name, Class<?> plain, Type type, Optional<Interval> range) {

    private static final ClassValue<List<Part>> OF =
        new ClassValue<>() {
          @Override
          protected List<Part> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents()).map(Part::of).toList();
          }
        };

    static List<Part> of(Class<?> type) {
      return OF.get(type);
    }

    private static Part of(RecordComponent component) {
      return new Part(
          SettingKeys.kebab(component.getName()),
          component.getType(),
          component.getGenericType(),
          Optional.ofNullable(component.getAnnotation(Interval.Range.class))
              .map(annotation -> Interval.of(annotation.value())));
    }
  }

  private static final int LONGEST_TEXT = 4096;
  private static final int LONGEST_LIST = 10_000;

  /** What is like a key is looked for so often; for thousands of them it would take minutes. */
  private static final int MOST_EXPLAINED = 20;

  private final Config defaults;
  private final List<SettingProblem> problems = new ArrayList<>();
  private int unknown;
  private int elements;

  /**
   * @param defaults a complete config without errors
   */
  SettingsReader(Config defaults) {
    this.defaults = defaults;
  }

  /** What was wrong with what was read. */
  List<SettingProblem> problems() {
    return problems;
  }

  /** How many values there are in lists. */
  int elements() {
    return elements;
  }

  Settings read(Config config) {
    for (String key : new TreeSet<>(config.root().keySet())) {
      if (!key.equals(SettingKeys.ROOT)) {
        unknown(key, config.root().get(key));
      }
    }
    return record(Settings.class, config.root().get(SettingKeys.ROOT), SettingKeys.ROOT);
  }

  private <R> R record(Class<R> type, ConfigValue value, String key) {
    if (!(value instanceof ConfigObject group)) {
      wrong(key, value, "must be a group of settings in braces");
      return record(type, defaults.getValue(key), key);
    }
    List<Part> parts = Part.of(type);
    List<String> names = parts.stream().map(Part::name).toList();
    new TreeSet<>(group.keySet())
        .stream()
            .filter(name -> !names.contains(name))
            .forEach(name -> unknown(key + "." + name, group.get(name)));
    if (!group.keySet().containsAll(names)) { // the library hides what is below it then
      wrong(
          key,
          value,
          "is written over something that is no group of settings, such as null, a number or a"
              + " text: leave that out");
      return record(type, defaults.getValue(key), key);
    }
    Object[] values =
        parts.stream()
            .map(part -> component(part, group.get(part.name()), key + "." + part.name()))
            .toArray();
    Class<?>[] types = parts.stream().map(Part::plain).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(type + " is not a plain record", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(type + " refused its values", e.getCause());
    }
  }

  private Object component(Part part, ConfigValue value, String key) {
    if (part.plain().isRecord()) {
      return record(part.plain(), value, key);
    }
    return value(part.type(), value, part.range(), key)
        .or(() -> value(part.type(), defaults.getValue(key), part.range(), key))
        .orElseThrow();
  }

  /** The value as {@code type}, or nothing and a problem. */
  private Optional<Object> value(
      Type type, ConfigValue value, Optional<Interval> range, String key) {
    if (type instanceof ParameterizedType list) {
      return list(list.getActualTypeArguments()[0], value, range, key).map(Object.class::cast);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return text(value, key);
    }
    if (plain == boolean.class) {
      return truth(value, key);
    }
    return plain.isEnum() ? constant(plain, value, key) : number(plain, value, range, key);
  }

  private Optional<List<Object>> list(
      Type element, ConfigValue value, Optional<Interval> range, String key) {
    if (!(value instanceof ConfigList list)) {
      wrong(key, value, "must be a list in brackets");
      return Optional.empty();
    }
    if (list.size() > LONGEST_LIST) {
      wrong(key, value, "must be a list of at most %d values".formatted(LONGEST_LIST));
      return Optional.empty();
    }
    elements += list.size();
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      value(element, list.get(i), range, key + "[" + i + "]").ifPresent(values::add);
    }
    return values.size() == list.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
  }

  private Optional<Object> text(ConfigValue value, String key) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> {
        String text = SettingProblem.written(value);
        yield text.length() <= LONGEST_TEXT
            ? Optional.of(text)
            : wrong(key, value, "must be a text of at most %d characters".formatted(LONGEST_TEXT));
      }
      default -> wrong(key, value, "must be a text");
    };
  }

  private Optional<Object> truth(ConfigValue value, String key) {
    return switch (String.valueOf(value.unwrapped())) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> wrong(key, value, "must be true or false");
    };
  }

  private Optional<Object> constant(Class<?> type, ConfigValue value, String key) {
    for (Object constant : type.getEnumConstants()) {
      if (SettingKeys.kebab(((Enum<?>) constant).name()).equals(value.unwrapped())) {
        return Optional.of(constant);
      }
    }
    String names =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> SettingKeys.kebab(((Enum<?>) constant).name()))
            .collect(Collectors.joining(", "));
    return wrong(
        key,
        value,
        type.getEnumConstants().length == 1 ? "must be " + names : "must be one of " + names);
  }

  private Optional<Object> number(
      Class<?> type, ConfigValue value, Optional<Interval> range, String key) {
    boolean whole = type != double.class && type != Double.class;
    Supplier<String> right =
        () -> {
          String name = whole ? "a whole number" : "a number";
          return "must be " + range.map(interval -> interval.words(name)).orElse(name);
        };
    boolean number =
        value.valueType() == ConfigValueType.NUMBER || value.valueType() == ConfigValueType.STRING;
    String text = number ? SettingProblem.written(value).strip() : "";
    if (!isNumber(text)) {
      return wrong(key, value, right.get());
    }
    BigDecimal exact = new BigDecimal(text);
    double rounded = exact.doubleValue();
    if (Double.isInfinite(rounded)
        || range.filter(interval -> !interval.contains(rounded)).isPresent()) {
      return wrong(key, value, right.get());
    }
    if (!whole) {
      return Optional.of(rounded);
    }
    try {
      return Optional.of(
          type == long.class ? (Object) exact.longValueExact() : exact.intValueExact());
    } catch (ArithmeticException e) { // it has a fraction or is too large for the type
      return wrong(
          key, value, right.get() + (range.isEmpty() ? ", at most " + Long.MAX_VALUE : ""));
    }
  }

  /** Whether a text is a decimal number; Java reads digits of other scripts and 0x1p3 as well. */
  static boolean isNumber(String text) {
    // an exponent of more digits is out of every range, and BigDecimal refuses some
    return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches();
  }

  private void unknown(String key, ConfigValue value) {
    boolean few = unknown++ < MOST_EXPLAINED;
    String meant = few ? String.join(" or ", SettingKeys.like(key)) : "";
    wrong(
        key, value, "is not a setting" + (meant.isEmpty() ? "" : "; did you mean " + meant + "?"));
  }

  private Optional<Object> wrong(String key, ConfigValue value, String message) {
    problems.add(SettingProblem.of(key, value, message));
    return Optional.empty();
  }
}
