package tweedie.driver.run;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What files of earlier versions do not say in so many words. */
public final class EarlierFiles {

  private static final Pattern ROUND = Pattern.compile(".* round (\\d{1,9})");

  private EarlierFiles() {}

  /**
   * The round after which a model had its weights. Earlier versions said it in the name only.
   *
   * @param written what the file says; null where it says nothing
   * @param model its name
   * @return 0 of a model that was not trained
   */
  public static int round(Integer written, String model) {
    if (written != null || model == null) {
      return written == null ? 0 : written;
    }
    Matcher name = ROUND.matcher(model);
    return name.matches() ? Integer.parseInt(name.group(1)) : 0;
  }
}
