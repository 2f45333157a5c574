package tweedie.driver.doctor;

/**
 * One thing that {@code doctor} found.
 *
 * @param fatal whether training would fail
 * @param sentence what is wrong, the value seen and the key to change
 */
public record Finding(boolean fatal, String sentence) {

  static Finding error(String sentence) {
    return new Finding(true, sentence);
  }

  static Finding warning(String sentence) {
    return new Finding(false, sentence);
  }

  @Override
  public String toString() {
    return (fatal ? "error: " : "warning: ") + sentence;
  }
}
