package tweedie.driver;

/**
 * Another process works in the directory of this one's run or samples. The message says who it is
 * and what to do.
 */
final class RunInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RunInUseException(String message) {
    super(message);
  }
}
