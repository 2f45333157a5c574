package tweedie;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A failure whose message says all there is to say to the person at the keyboard: a sentence with
 * what is wrong, where, and what would be right. Everything else that is thrown is a bug, or a
 * machine that failed.
 */
public abstract class TweedieException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What became of a command; the number is the exit status of its process. */
  public enum Status {
    /** It failed, and may work another time. */
    FAILED(1),
    /** Command line, settings, input or machine are wrong; nothing was changed. */
    WRONG_INPUT(2),
    /** Another process works in the directory. */
    IN_USE(3);

    private final int number;

    Status(int number) {
      this.number = number;
    }

    /** The exit status. */
    public int number() {
      return number;
    }
  }

  private static final Pattern QUOTED =
      Pattern.compile("(?m)tweedie\\.[\\w.$]+ \\(exit status ([1-3])\\): (.*)$");

  private final Status status;

  /** What is wrong. */
  protected TweedieException(Status status, String message) {
    super(message);
    this.status = status;
  }

  /** What is wrong, found through {@code cause}. */
  protected TweedieException(Status status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /**
   * Class, status and message. Spark keeps no more than this of what a task threw, where its class
   * cannot be sent.
   */
  @Override
  public final String toString() {
    return "%s (exit status %d): %s".formatted(getClass().getName(), status.number, getMessage());
  }

  /** What {@link #toString} said of an exception, in a text that quotes it. */
  public record Quoted(Status status, String message) {}

  /** The first exception of ours that a text quotes. */
  public static Optional<Quoted> quotedIn(String text) {
    Matcher quoted = QUOTED.matcher(text);
    return quoted.find()
        ? Optional.of(
            new Quoted(Status.values()[Integer.parseInt(quoted.group(1)) - 1], quoted.group(2)))
        : Optional.empty();
  }

  /** What becomes of the command. */
  public final Status status() {
    return status;
  }
}
