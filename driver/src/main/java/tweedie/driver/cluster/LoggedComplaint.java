package tweedie.driver.cluster;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import tweedie.Causes;

/**
 * Remembers what a library complained about, the first error or else the last warning: Spark tells
 * a log, and not its caller, why a cluster gives it nothing. A complaint that comes again, with
 * other numbers or the same, is kept out of the log.
 */
final class LoggedComplaint extends AbstractFilter implements AutoCloseable {

  private final String library;
  private final LoggerConfig root = ((Logger) LogManager.getRootLogger()).get();
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private volatile String error = "";
  private volatile String warning = "";
  private volatile Throwable cause;

  private LoggedComplaint(String library) {
    this.library = library;
  }

  /** Listens to loggers whose name begins with {@code library}, until it is closed. */
  static LoggedComplaint of(String library) {
    LoggedComplaint warning = new LoggedComplaint(library);
    warning.start();
    warning.root.addFilter(warning);
    return warning;
  }

  /** The first line of what was said, with the cause; empty if nothing was. */
  String text() {
    return error.isEmpty() ? warning : error;
  }

  /** The last exception that was logged with a complaint. */
  Optional<Throwable> cause() {
    return Optional.ofNullable(cause);
  }

  @Override
  public Result filter(LogEvent event) {
    if (!event.getLevel().isMoreSpecificThan(Level.WARN)
        || event.getLoggerName() == null
        || !event.getLoggerName().startsWith(library)) {
      return Result.NEUTRAL;
    }
    String text = Causes.sentence(event.getMessage().getFormattedMessage());
    Throwable thrown = event.getThrown();
    if (thrown != null) {
      cause = thrown;
      text += " (" + Causes.sentence(Causes.root(thrown).getMessage()) + ")";
    }
    if (!event.getLevel().isMoreSpecificThan(Level.ERROR)) {
      warning = text;
    } else if (error.isEmpty()) { // others follow from it
      error = text;
    }
    return said.add(text.replaceAll("\\d+", "0")) ? Result.NEUTRAL : Result.DENY;
  }

  @Override
  public void close() {
    root.removeFilter(this);
    stop();
  }
}
