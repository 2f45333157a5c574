package tweedie.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Tweedie this is. */
public final class Version {

  private static final String OF_BUILD = read();

  private Version() {}

  /** The version, which the build writes into a resource. */
  public static String text() {
    return OF_BUILD;
  }

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/tweedie.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
