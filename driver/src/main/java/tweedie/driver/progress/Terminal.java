package tweedie.driver.progress;

/** Whether a person watches. */
final class Terminal {

  private Terminal() {}

  /**
   * Whether standard error is a terminal. Java 17 cannot tell by itself: the launcher says it in
   * {@code tweedie.terminal}; without the launcher a console, both in and out, is asked for.
   */
  static boolean attached() {
    String said = System.getProperty("tweedie.terminal");
    return said == null ? System.console() != null : Boolean.parseBoolean(said);
  }
}
