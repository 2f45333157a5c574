package tweedie.data;

import java.util.List;
import tweedie.TweedieException;

/**
 * Data that the user gave is missing, damaged or of the wrong kind. The message is a sentence that
 * names the file, what was seen and what would be right; trying again does not help.
 */
public final class DataException extends TweedieException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the data. */
  public DataException(String message) {
    super(Status.WRONG_INPUT, message);
  }

  /** What is wrong with the data, found through {@code cause}. */
  public DataException(String message, Throwable cause) {
    super(Status.WRONG_INPUT, message, cause);
  }

  /** What a sentence about the first of several things ends in. */
  public static String more(List<String> problems) {
    return problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "";
  }
}
