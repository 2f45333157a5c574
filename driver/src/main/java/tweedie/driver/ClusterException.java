package tweedie.driver;

/** A cluster that does not answer, or gives this application nothing. The message says which. */
final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
