package tweedie.driver.run;

import tweedie.TweedieException;

/**
 * Another process works in the directory of this one's run or samples. The message says who it is
 * and what to do.
 */
public final class RunInUseException extends TweedieException {

  private static final long serialVersionUID = 1L;

  public RunInUseException(String message) {
    super(Status.IN_USE, message);
  }
}
