package tweedie.fuzz;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import tweedie.driver.Tweedie;
import tweedie.fuzz.Trial.Verdict;

/** Runs commands in this process and says what is wrong with how they ended. */
final class Judge implements AutoCloseable {

  /** For a command that makes what is damaged later, the first of this process among them. */
  static final int PATIENCE_SECONDS = 120;

  private static final int REFUSED = 2;
  private static final int IN_USE = 3;

  /** What a command left behind. */
  record Outcome(int status, String out, String err, List<String> warnings, double seconds) {

    private boolean names(Trial trial) {
      String said = err + out + warnings;
      return trial.names().stream().anyMatch(said::contains);
    }
  }

  private final Warnings warnings = new Warnings();

  private final int hangSeconds;

  /**
   * @param hangSeconds after which a command hangs
   */
  Judge(int hangSeconds) {
    this.hangSeconds = hangSeconds;
    warnings.start();
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().getRootLogger().addAppender(warnings, Level.WARN, null);
    context.updateLoggers();
  }

  Outcome run(List<String> command) throws InterruptedException {
    return run(command, hangSeconds);
  }

  /**
   * Runs a command.
   *
   * @throws AssertionError if it hangs, with where it does
   */
  Outcome run(List<String> command, int seconds) throws InterruptedException {
    warnings.seen.clear();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    AtomicInteger status = new AtomicInteger(-1);
    List<String> line = new ArrayList<>(command);
    Thread thread =
        new Thread(
            () -> {
              try {
                status.set(
                    Tweedie.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        line.toArray(String[]::new)));
              } catch (Throwable e) {
                e.printStackTrace(new PrintWriter(err, true));
              }
            },
            "command");
    long began = System.nanoTime();
    thread.start();
    thread.join(seconds * 1000L);
    if (thread.isAlive()) {
      StringBuilder where = new StringBuilder();
      for (StackTraceElement frame : thread.getStackTrace()) {
        where.append("\n    ").append(frame);
      }
      throw new AssertionError("hangs for %d s: %s%s".formatted(seconds, line, where));
    }
    return new Outcome(
        status.get(),
        out.toString(),
        err.toString(),
        List.copyOf(warnings.seen),
        (System.nanoTime() - began) / 1e9);
  }

  /**
   * What is wrong with an outcome; empty where nothing is.
   *
   * @param same whether the result is that of the sound input
   * @param written what was written although the command refused its input; empty for nothing
   */
  static Optional<String> fault(Trial trial, Outcome outcome, boolean same, String written) {
    String err = outcome.err();
    if (err.contains("\tat ") || err.contains("Exception")) {
      return Optional.of("a stack trace: " + err.substring(0, Math.min(1500, err.length())));
    }
    for (char c : (err + outcome.out()).toCharArray()) {
      if (Character.isISOControl(c) && c != '\n') {
        return Optional.of("a control character is printed raw: \\u%04x".formatted((int) c));
      }
    }
    boolean refused = outcome.status() == REFUSED || outcome.status() == IN_USE;
    if (outcome.status() != 0 && !refused) {
      return Optional.of("status %d: %s".formatted(outcome.status(), err));
    }
    if (refused && trial.verdict() == Verdict.ACCEPTED) {
      return Optional.of("refused: " + err);
    }
    if (refused && !written.isEmpty()) {
      return Optional.of("refused, and written: " + written);
    }
    if (refused && !outcome.names(trial)) {
      return Optional.of("no name of %s in: %s".formatted(trial.names(), err));
    }
    if (!refused && trial.verdict() == Verdict.REFUSED) {
      return Optional.of("accepted: " + outcome.out());
    }
    if (!refused && trial.verdict() == Verdict.NOTICED && !same && !outcome.names(trial)) {
      return Optional.of("accepted in silence, with another result: " + outcome.out());
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().getRootLogger().removeAppender(warnings.getName());
    context.updateLoggers();
  }

  private static final class Warnings extends AbstractAppender {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    Warnings() {
      super("fuzz", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      seen.add(event.getMessage().getFormattedMessage());
    }
  }
}
