package tweedie.driver.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tweedie.Causes;
import tweedie.Printable;
import tweedie.TweedieException;
import tweedie.TweedieException.Quoted;
import tweedie.TweedieException.Status;
import tweedie.driver.config.ConfigException;

/** What the process tells its caller, and what the person at the keyboard reads with it. */
public final class ExitStatus {

  public static final int DONE = 0;

  private ExitStatus() {}

  /** A command line that cannot be understood. */
  static int ofWrongCommandLine(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(Printable.line(e.getMessage()));
    err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
    return Status.WRONG_INPUT.number();
  }

  /** A command that ended in an exception; only its cause decides, whatever Spark wrapped it in. */
  static int ofFailure(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    Reason reason = reason(e);
    if (ShutdownHookManager.get().isShutdownInProgress()) {
      return reason.status
          .number(); // nobody sees it: the signal that ends the process decides, 143 for SIGTERM
    }
    err.println(
        reason.status == Status.FAILED
            ? command.getCommandSpec().qualifiedName() + " failed: " + reason.message
            : reason.message);
    if (!reason.expected || command.getParseResult().hasMatchedOption("--stacktrace")) {
      e.printStackTrace(err);
    }
    return reason.status.number();
  }

  /**
   * An exception that ended a thread. Without memory the process ends, because the thread may be
   * one of Spark's, for whose answer all others wait.
   */
  public static void ofUncaught(Thread thread, Throwable e) {
    if (e instanceof OutOfMemoryError) {
      System.err.printf(
          "tweedie failed: out of memory (%1$s). Java's heap is %2$d MB; TWEEDIE_JAVA_OPTS=-Xmx%3$dm (spark-submit: --driver-memory %3$dm) gives it twice that. What was saved before is unharmed.%n",
          e.getMessage(),
          Runtime.getRuntime().maxMemory() >> 20,
          Runtime.getRuntime().maxMemory() >> 19);
      Runtime.getRuntime()
          .halt(Status.FAILED.number()); // whatever runs at an exit may want memory too
    }
    if (ShutdownHookManager.get().isShutdownInProgress()) {
      return; // of Spark's threads, which are interrupted when a signal ends the process
    }
    System.err.printf("Exception in thread \"%s\" ", thread.getName());
    e.printStackTrace();
  }

  /** Why a command failed; {@code expected} unless this program is to blame. */
  private record Reason(Status status, String message, boolean expected) {}

  private static Reason reason(Exception e) {
    Optional<TweedieException> said =
        Causes.of(e)
            .filter(TweedieException.class::isInstance)
            .map(TweedieException.class::cast)
            .findFirst();
    if (said.isPresent()) {
      String message = said.get().getMessage();
      return new Reason(
          said.get().status(),
          said.get() instanceof ConfigException ? message : Printable.line(message),
          true);
    }
    Throwable cause = Causes.root(e);
    String message = Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getName());
    Optional<Quoted> quoted = TweedieException.quotedIn(message); // by Spark
    if (quoted.isPresent()) {
      return new Reason(quoted.get().status(), Printable.line(quoted.get().message()), true);
    }
    boolean expected = cause instanceof IOException || cause instanceof SparkException;
    return new Reason(Status.FAILED, Printable.line(Causes.firstLine(message)), expected);
  }
}
