package tweedie.data;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategy;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.stream.Collectors;
import tweedie.Causes;

/**
 * Records as JSON and back. Fields that a record does not have are passed over, so that older
 * versions read the files of newer ones; all that it has must be there, of its type, except for
 * those that {@link MayBeAbsent}.
 */
public enum Json {
  /** Fields as they are called, on one line. */
  LINE(PropertyNamingStrategies.LOWER_CAMEL_CASE),
  /** Fields as they are called, for people to read. */
  PAGE(PropertyNamingStrategies.LOWER_CAMEL_CASE),
  /** Fields in snake_case, on one line. */
  SNAKE_LINE(PropertyNamingStrategies.SNAKE_CASE),
  /** Fields in snake_case, for people to read. */
  SNAKE_PAGE(PropertyNamingStrategies.SNAKE_CASE),
  /** Fields as they are called, of which none may be passed over: they decide how one goes on. */
  EXACT(PropertyNamingStrategies.LOWER_CAMEL_CASE),
  /** The same in snake_case. */
  SNAKE_EXACT(PropertyNamingStrategies.SNAKE_CASE);

  private final ObjectMapper mapper;

  Json(PropertyNamingStrategy names) {
    mapper =
        JsonMapper.builder()
            .propertyNamingStrategy(names)
            .configure(SerializationFeature.INDENT_OUTPUT, name().endsWith("PAGE"))
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, name().endsWith("EXACT"))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();
    mapper.setDefaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL));
  }

  /**
   * A record as text.
   *
   * @throws IllegalStateException if it holds something that is no plain data
   */
  public String text(Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s is no plain data".formatted(value.getClass()), e);
    }
  }

  /**
   * What {@link #text} wrote.
   *
   * @param source where the text is from, for the message
   * @throws DataException if it is something else
   */
  public <T> T read(String text, Class<T> type, Object source) {
    try {
      T value = mapper.readValue(text, type);
      if (value == null) {
        throw new DataException("%s is damaged: it holds nothing".formatted(source));
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new DataException("%s is damaged: %s".formatted(source, why(e)), e);
    }
  }

  private static String why(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapped)) {
      return "it holds no JSON, " + Causes.firstLine(e.getOriginalMessage());
    }
    String field =
        mapped.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : "." + step.getFieldName())
            .collect(Collectors.joining())
            .replaceFirst("^\\.", "");
    if (e instanceof InvalidNullException) {
      return "it has no " + field;
    }
    String reason =
        e instanceof ValueInstantiationException
            ? Causes.firstLine(Causes.root(e).getMessage())
            : Causes.firstLine(e.getOriginalMessage()).replaceAll("`[\\w.]*[.$](\\w+)`", "$1");
    return field.isEmpty() ? reason : field + " is wrong: " + reason;
  }
}
