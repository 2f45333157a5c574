package tweedie.driver;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/**
 * Remembers what a library complained about, the first error or else the last warning: Spark tells
 * a log, and not its caller, why a cluster gives it nothing.
 */
final class LastWarning extends AbstractAppender implements AutoCloseable {

  private final String library;
  private volatile String error = "";
  private volatile String warning = "";

  private LastWarning(String library) {
    super("last warning", null, null, true, Property.EMPTY_ARRAY);
    this.library = library;
  }

  /** Listens to loggers whose name begins with {@code library}, until it is closed. */
  static LastWarning of(String library) {
    LastWarning warning = new LastWarning(library);
    warning.start();
    root().addAppender(warning);
    return warning;
  }

  /** The first line of what was said, with the cause; empty if nothing was. */
  String text() {
    return error.isEmpty() ? warning : error;
  }

  @Override
  public void append(LogEvent event) {
    if (event.getLevel().isMoreSpecificThan(Level.WARN)
        && event.getLoggerName() != null
        && event.getLoggerName().startsWith(library)) {
      String message = firstLine(event.getMessage().getFormattedMessage());
      Throwable cause = event.getThrown();
      while (cause != null && cause.getCause() != null) {
        cause = cause.getCause();
      }
      String text = cause == null ? message : message + " (" + firstLine(cause.getMessage()) + ")";
      if (!event.getLevel().isMoreSpecificThan(Level.ERROR)) {
        warning = text;
      } else if (error.isEmpty()) { // others follow from it
        error = text;
      }
    }
  }

  private static String firstLine(String message) {
    return String.valueOf(message).lines().findFirst().orElse("").replaceAll("[.\\s]+$", "");
  }

  @Override
  public void close() {
    root().removeAppender(this);
    stop();
  }

  private static Logger root() {
    return (Logger) LogManager.getRootLogger();
  }
}
