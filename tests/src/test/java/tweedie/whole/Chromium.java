package tweedie.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Shows pages in Debian's Chromium, without a screen. */
final class Chromium {

  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final long PATIENCE_SECONDS = 300;

  private final Path temporary;

  Chromium(Path temporary) {
    this.temporary = temporary;
  }

  /** Which colours the person prefers, as Chromium numbers them. */
  enum Colours {
    DARK,
    LIGHT
  }

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /** The document after its scripts have run; and a picture of it. */
  String show(Path page, Colours colours, Path picture) throws Exception {
    Path out = temporary.resolve("dom.html");
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--virtual-time-budget=3000",
                "--blink-settings=preferredColorScheme=" + colours.ordinal(),
                "--user-data-dir=" + temporary.resolve("profile"),
                "--window-size=800,3000",
                "--screenshot=" + picture,
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(temporary.resolve("chromium.log").toFile())
            .start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("Chromium shows nothing: " + Files.readString(out));
    }
    return Files.readString(out);
  }
}
