package tweedie;

import java.util.stream.Stream;

/** What is behind an exception, and what of its message a person reads. */
public final class Causes {

  private Causes() {}

  /** An exception, its cause, the cause of that, and so on. */
  public static Stream<Throwable> of(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
  }

  /** The last cause; {@code e} itself where it has none. */
  public static Throwable root(Throwable e) {
    return of(e).reduce(e, (outer, inner) -> inner);
  }

  /** The first line of a message that has words; those of Spark go on with stack traces. */
  public static String firstLine(String message) {
    return String.valueOf(message).lines().filter(line -> !line.isBlank()).findFirst().orElse("");
  }

  /** The first line, without the full stop that the sentence around it has. */
  public static String sentence(String message) {
    return firstLine(message).replaceAll("[.\\s]+$", "");
  }
}
