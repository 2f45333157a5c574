package tweedie.data;

/**
 * Input that cannot be used; the message tells the person at the keyboard what is wrong with it.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Input that is wrong in itself. */
  public DataException(String message) {
    super(message);
  }

  /** Input that could not be read because of {@code cause}. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
