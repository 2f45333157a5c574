package tweedie.data;

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
}
