package tweedie.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategy;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Records as JSON and back. Fields that a record does not have are passed over, and fields that a
 * text does not have are null or 0: older and newer versions read each other's files.
 */
public enum Json {
  /** Fields as they are called, on one line. */
  LINE(PropertyNamingStrategies.LOWER_CAMEL_CASE, false),
  /** Fields as they are called, for people to read. */
  PAGE(PropertyNamingStrategies.LOWER_CAMEL_CASE, true),
  /** Fields in snake_case, on one line. */
  SNAKE_LINE(PropertyNamingStrategies.SNAKE_CASE, false),
  /** Fields in snake_case, for people to read. */
  SNAKE_PAGE(PropertyNamingStrategies.SNAKE_CASE, true);

  private final ObjectMapper mapper;

  Json(PropertyNamingStrategy names, boolean indented) {
    mapper =
        JsonMapper.builder()
            .propertyNamingStrategy(names)
            .configure(SerializationFeature.INDENT_OUTPUT, indented)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
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
      throw new DataException("%s is damaged: %s".formatted(source, e.getOriginalMessage()), e);
    }
  }

  /** For what only Jackson's own interface can do. */
  public ObjectMapper mapper() {
    return mapper.copy();
  }
}
