package tweedie.driver.page;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Properties;

/**
 * Writes one HTML file that needs nothing besides itself: style, scripts, data and pictures are in
 * it, and its content security policy forbids to load anything else and to run any other script.
 *
 * <p>A page is a Mustache template in the resources under {@code page/} and a record whose
 * components it names. Templates begin with {@code {{>top}}} and end with {@code {{>bottom}}}, for
 * which the record has a {@code title} and {@code refreshSeconds}, after which the page loads
 * itself again; never where that is 0. {@code {{>chart}}}, {@code {{>table}}} and {@code
 * {{>picture}}} show a {@link Chart}, {@link Table} or {@link PagePicture}, inside of a section of
 * its name. What is not between three braces is escaped.
 */
public final class Page {

  private static final String CHART_JS =
      "META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";
  private static final String VERSION = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  /** Makes braces mean nothing in the rest of a part, by delimiters that no text has. */
  private static final String VERBATIM = "{{=\u0001 \u0001=}}";

  private Page() {}

  /**
   * Fills in a template.
   *
   * @param template name of the template, without {@code page/} and {@code .html}
   * @param model what it shows; its components are found by their names
   * @return the whole file
   */
  public static String html(String template, Object model) {
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .withLoader(name -> new StringReader(part(name)))
        .compile(part(template))
        .execute(model);
  }

  private static String part(String name) {
    return switch (name) {
      case "page.css", "charts.js", "chart.js" -> VERBATIM + verbatim(name);
      case "script-hashes" -> hash(verbatim("chart.js")) + " " + hash(verbatim("charts.js"));
      default -> resource("page/" + name + ".html");
    };
  }

  private static String verbatim(String name) {
    return name.equals("chart.js") ? chartJs() : resource("page/" + name);
  }

  /** By which a content security policy knows a script; no other one may run. */
  private static String hash(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static String chartJs() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(resource(VERSION)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(CHART_JS.formatted(properties.getProperty("version")))
        // a browser's developer tools would look for the file
        .replaceFirst("//# sourceMappingURL=.*", "");
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
