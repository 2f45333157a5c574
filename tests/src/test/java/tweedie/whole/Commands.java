package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tweedie.driver.Tweedie;

/** Runs commands as the shell would, in this process. */
final class Commands {

  private Commands() {}

  /**
   * What a command left behind.
   *
   * @param status its exit status
   * @param out what it printed
   * @param err what it complained about
   */
  record Outcome(int status, String out, String err) {

    Outcome succeeded() {
      assertThat(status).as(err).isZero();
      return this;
    }

    /** It was refused because of what the user gave, in sentences and without a stack trace. */
    Outcome refused() {
      assertThat(status).as(err).isEqualTo(2);
      assertThat(err).doesNotContain("\tat ").doesNotContain("Exception");
      return this;
    }
  }

  /** Runs {@code tweedie args}, in local[2] unless they name a master. */
  static Outcome tweedie(Object... args) {
    List<String> line = new ArrayList<>();
    for (Object arg : args) {
      line.add(arg.toString());
    }
    if (!line.contains("--master")) {
      line.add("--master");
      line.add("local[2]");
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Tweedie.run(
            new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
    return new Outcome(status, out.toString(), err.toString());
  }

  /** The same with settings of Spark, which reach a command in this process as properties. */
  static Outcome withSpark(Map<String, String> settings, Object... args) {
    settings.forEach(System::setProperty);
    try {
      return tweedie(args);
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }

  /** Arguments with more behind them. */
  static Object[] with(Object[] args, Object... more) {
    return Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray();
  }
}
