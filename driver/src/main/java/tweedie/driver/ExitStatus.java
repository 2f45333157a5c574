package tweedie.driver;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tweedie.data.DataException;
import tweedie.driver.config.ConfigException;

/** What the process tells its caller, and what the person at the keyboard reads with it. */
final class ExitStatus {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_INPUT = 2;

  /** Exceptions whose message says all there is to say; anything else is a bug of this program. */
  private static final List<Class<? extends Exception>> EXPECTED =
      List.of(IOException.class, SparkException.class);

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
    Optional<Throwable> wrongInput =
        causes(e)
            .filter(cause -> cause instanceof ConfigException || cause instanceof DataException)
            .findFirst();
    Throwable cause = wrongInput.orElseGet(() -> causes(e).reduce(e, (outer, inner) -> inner));
    boolean expected =
        wrongInput.isPresent() || EXPECTED.stream().anyMatch(type -> type.isInstance(cause));

    String message = Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getName());
    err.println(
        wrongInput.isPresent()
            ? message
            : command.getCommandSpec().qualifiedName() + " failed: " + firstLine(message));
    if (!expected || command.getParseResult().hasMatchedOption("--stacktrace")) {
      e.printStackTrace(err);
    }
    return wrongInput.isPresent() ? WRONG_INPUT : FAILED;
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, Throwable::getCause);
  }

  /** Spark's messages go on with the stack trace of the task. */
  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
