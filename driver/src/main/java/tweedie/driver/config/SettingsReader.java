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
import java.util.stream.Collectors;

/**
 * Turns a config into the record tree of {@link Settings} and notes everything that is wrong on the
 * way. A value that is wrong is replaced by its default, so that the rest can still be checked.
 */
final class SettingsReader {

  private final Config defaults;
  private final List<SettingProblem> problems = new ArrayList<>();

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

  Settings read(Config config) {
    for (String key : new TreeSet<>(config.root().keySet())) {
      if (!key.equals(SettingKeys.ROOT)) {
        unknown(key, config.root().get(key));
      }
    }
    return record(Settings.class, config.getValue(SettingKeys.ROOT), SettingKeys.ROOT);
  }

  private <R> R record(Class<R> type, ConfigValue value, String key) {
    if (!(value instanceof ConfigObject group)) {
      wrong(key, value, "must be a group of settings in braces");
      return record(type, defaults.getValue(key), key);
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> names =
        Arrays.stream(components).map(component -> SettingKeys.kebab(component.getName())).toList();
    new TreeSet<>(group.keySet())
        .stream()
            .filter(name -> !names.contains(name))
            .forEach(name -> unknown(key + "." + name, group.get(name)));

    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(components[i], group.get(names.get(i)), key + "." + names.get(i));
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(type + " is not a plain record", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(type + " refused its values", e.getCause());
    }
  }

  private Object component(RecordComponent component, ConfigValue value, String key) {
    if (component.getType().isRecord()) {
      return record(component.getType(), value, key);
    }
    Optional<Interval> range =
        Optional.ofNullable(component.getAnnotation(Interval.Range.class))
            .map(annotation -> Interval.of(annotation.value()));
    return value(component.getGenericType(), value, range, key)
        .or(() -> value(component.getGenericType(), defaults.getValue(key), range, key))
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
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      value(element, list.get(i), range, key + "[" + i + "]").ifPresent(values::add);
    }
    return values.size() == list.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
  }

  private Optional<Object> text(ConfigValue value, String key) {
    return switch (value.valueType()) {
      // Config alone gives a number as it was written
      case STRING, NUMBER, BOOLEAN -> Optional.of(value.atKey("text").getString("text"));
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
    String right =
        "must be "
            + (whole ? "a whole number" : "a number")
            + range.map(interval -> " of " + interval.words()).orElse("");
    if (value.valueType() != ConfigValueType.NUMBER
        && value.valueType() != ConfigValueType.STRING) {
      return wrong(key, value, right);
    }
    try {
      BigDecimal number = new BigDecimal(value.unwrapped().toString().strip());
      if (Double.isInfinite(number.doubleValue())
          || range.filter(interval -> !interval.contains(number.doubleValue())).isPresent()) {
        return wrong(key, value, right);
      }
      if (!whole) {
        return Optional.of(number.doubleValue());
      }
      return Optional.of(
          type == long.class ? (Object) number.longValueExact() : number.intValueExact());
    } catch (NumberFormatException e) {
      return wrong(key, value, right);
    } catch (ArithmeticException e) { // it has a fraction or is too large for the type
      return wrong(
          key,
          value,
          right + ", at most " + (type == long.class ? Long.MAX_VALUE : Integer.MAX_VALUE));
    }
  }

  private void unknown(String key, ConfigValue value) {
    String meant = String.join(" or ", SettingKeys.like(key));
    wrong(
        key, value, "is not a setting" + (meant.isEmpty() ? "" : "; did you mean " + meant + "?"));
  }

  private Optional<Object> wrong(String key, ConfigValue value, String message) {
    problems.add(SettingProblem.of(key, value, message));
    return Optional.empty();
  }
}
