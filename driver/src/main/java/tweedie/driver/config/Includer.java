package tweedie.driver.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Includes files of limited size, so many of them and no more: two that include each other twice
 * would never end.
 *
 * @param library what the library does; null until it says so
 * @param left how many more may be included
 * @param most how many may be included
 */
record Includer(ConfigIncluder library, AtomicInteger left, int most)
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

  private static final int MOST_OF_A_PERSON = 100;

  /** Includes what a person asks for. */
  static Includer ofAPerson() {
    return new Includer(null, new AtomicInteger(MOST_OF_A_PERSON), MOST_OF_A_PERSON);
  }

  /** Refuses whatever a run would include. */
  static Includer ofARun() {
    return new Includer(null, new AtomicInteger(), 0);
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return library == null ? new Includer(fallback, left, most) : this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    count();
    if (what.startsWith("file:")) { // which the library takes for a URL
      checkFile(what);
    }
    for (String name : List.of(what, what + ".conf", what + ".json")) {
      ConfigParseable found = context.relativeTo(name);
      if (found != null && found.origin().filename() != null) {
        Hocon.checkFile(Path.of(found.origin().filename()));
      }
    }
    return library.include(context, what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    count();
    Hocon.checkFile(what.toPath());
    return ((ConfigIncluderFile) library).includeFile(context, what);
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    count();
    if (what.getProtocol().equals("file")) {
      checkFile(what.toString());
    }
    return ((ConfigIncluderURL) library).includeURL(context, what);
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    count();
    return ((ConfigIncluderClasspath) library).includeResources(context, what);
  }

  private static void checkFile(String url) {
    try {
      Hocon.checkFile(Path.of(new URI(url)));
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new ConfigException.Generic("includes %s, which names no file".formatted(url), e);
    }
  }

  private void count() {
    if (left.getAndDecrement() <= 0) {
      throw new ConfigException.Generic(
          most == 0
              ? "includes something; what a run wrote never does, so it is not read"
              : "includes more than %d files, itself perhaps".formatted(most));
    }
  }
}
