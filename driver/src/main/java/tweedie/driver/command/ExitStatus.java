package tweedie.driver.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tweedie.data.DataException;
import tweedie.device.DeviceException;
import tweedie.driver.cluster.ClusterException;
import tweedie.driver.config.ConfigException;
import tweedie.driver.run.RunInUseException;
import tweedie.train.NonFiniteLossException;

/** What the process tells its caller, and what the person at the keyboard reads with it. */
public final class ExitStatus {

  public static final int DONE = 0;
  static final int FAILED = 1;
  public static final int WRONG_INPUT = 2;
  static final int IN_USE = 3;

  /** What the person at the keyboard has to change. */
  private static final List<Class<? extends RuntimeException>> WRONG =
      List.of(ConfigException.class, DataException.class, DeviceException.class);

  /** Exceptions whose message says all there is to say; anything else is a bug of this program. */
  private static final List<Class<? extends Exception>> EXPECTED =
      List.of(
          IOException.class,
          SparkException.class,
          NonFiniteLossException.class,
          ClusterException.class);

  /** How Spark's messages quote an exception of a task, whose own class they do not always keep. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "(?m)(%s|%s|%s): (.*)$"
              .formatted(
                  Pattern.quote(DataException.class.getName()),
                  Pattern.quote(DeviceException.class.getName()),
                  Pattern.quote(NonFiniteLossException.class.getName())));

  private ExitStatus() {}

  /** A command line that cannot be understood. */
  static int ofWrongCommandLine(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(e.getMessage());
    err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
    return WRONG_INPUT;
  }

  /** A command that ended in an exception; only its cause decides, whatever Spark wrapped it in. */
  static int ofFailure(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    Reason reason = reason(e);
    if (ShutdownHookManager.get().isShutdownInProgress()) {
      return reason
          .status; // nobody sees it: the signal that ends the process decides, 143 for SIGTERM
    }
    err.println(
        reason.status == FAILED
            ? command.getCommandSpec().qualifiedName() + " failed: " + reason.message
            : reason.message);
    if (!reason.expected || command.getParseResult().hasMatchedOption("--stacktrace")) {
      e.printStackTrace(err);
    }
    return reason.status;
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
      Runtime.getRuntime().halt(FAILED); // whatever runs at an exit may want memory too
    }
    System.err.printf("Exception in thread \"%s\" ", thread.getName());
    e.printStackTrace();
  }

  /** Why a command failed; {@code expected} unless this program is to blame. */
  private record Reason(int status, String message, boolean expected) {}

  private static Reason reason(Exception e) {
    Optional<Throwable> wrong = causes(e).filter(cause -> isOneOf(WRONG, cause)).findFirst();
    if (wrong.isPresent()) {
      return new Reason(WRONG_INPUT, wrong.get().getMessage(), true);
    }
    if (e instanceof ClusterException) { // its sentence says more than its cause
      return new Reason(FAILED, e.getMessage(), true);
    }
    if (e instanceof RunInUseException) {
      return new Reason(IN_USE, e.getMessage(), true);
    }
    Throwable cause = causes(e).reduce(e, (outer, inner) -> inner);
    String message = Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getName());
    Matcher quoted = QUOTED.matcher(message);
    if (quoted.find()) {
      boolean diverged = quoted.group(1).equals(NonFiniteLossException.class.getName());
      return new Reason(diverged ? FAILED : WRONG_INPUT, quoted.group(2), true);
    }
    return new Reason(FAILED, firstLine(message), isOneOf(EXPECTED, cause));
  }

  private static boolean isOneOf(List<? extends Class<?>> types, Throwable e) {
    return types.stream().anyMatch(type -> type.isInstance(e));
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
  }

  /** Spark's messages go on with the stack trace of the task. */
  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
