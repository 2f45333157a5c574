package tweedie.whole;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Collects what one class logs until it is closed. */
final class Logged implements AutoCloseable {

  private final Logger logger;
  private final Collector collector = new Collector();

  private Logged(Logger logger) {
    this.logger = logger;
    collector.start();
    logger.addAppender(collector);
  }

  static Logged by(Class<?> type) {
    return new Logged((Logger) LogManager.getLogger(type));
  }

  /** Messages at WARN or above. */
  List<String> warnings() {
    return collector.warnings;
  }

  @Override
  public void close() {
    logger.removeAppender(collector);
  }

  private static final class Collector extends AbstractAppender {

    private final List<String> warnings = new CopyOnWriteArrayList<>();

    Collector() {
      super("collector", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      if (event.getLevel().isMoreSpecificThan(org.apache.logging.log4j.Level.WARN)) {
        warnings.add(event.getMessage().getFormattedMessage());
      }
    }
  }
}
