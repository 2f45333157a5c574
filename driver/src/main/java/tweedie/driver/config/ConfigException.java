package tweedie.driver.config;

import java.util.List;
import java.util.stream.Collectors;
import tweedie.Printable;
import tweedie.TweedieException;

/** A configuration that cannot be used, with everything that is wrong with it. */
public final class ConfigException extends TweedieException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf gives a serializable list
  private final List<SettingProblem> problems;

  /** All of {@code problems}, of which there is at least one, at once. */
  public ConfigException(List<SettingProblem> problems) {
    super(
        Status.WRONG_INPUT,
        problems.stream()
            .map(problem -> Printable.line(problem.toString()))
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
