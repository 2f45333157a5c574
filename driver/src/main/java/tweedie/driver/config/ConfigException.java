package tweedie.driver.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tweedie.Printable;
import tweedie.TweedieException;

/** A configuration that cannot be used, with everything that is wrong with it. */
public final class ConfigException extends TweedieException {

  private static final long serialVersionUID = 1L;

  /** Nobody reads more. */
  private static final int MOST_LINES = 100;

  @SuppressWarnings("serial") // List.copyOf gives a serializable list
  private final List<SettingProblem> problems;

  /** All of {@code problems}, of which there is at least one, at once. */
  public ConfigException(List<SettingProblem> problems) {
    super(
        Status.WRONG_INPUT,
        Stream.concat(
                problems.stream()
                    .limit(MOST_LINES)
                    .map(problem -> Printable.line(problem.toString())),
                problems.size() > MOST_LINES
                    ? Stream.of("... and %d more".formatted(problems.size() - MOST_LINES))
                    : Stream.of())
            .collect(Collectors.joining(System.lineSeparator())));
    this.problems = List.copyOf(problems);
  }

  /** A single problem. */
  public ConfigException(SettingProblem problem) {
    this(List.of(problem));
  }

  /** Everything that is wrong, in the order of the settings. */
  public List<SettingProblem> problems() {
    return problems;
  }
}
