package tweedie;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Runs lines of Python with NumPy.
 *
 * @param directory where it runs
 * @param modules where its own modules are
 */
public record Python(Path directory, Path modules) {

  /** Status and all that was printed. */
  public record Ran(int status, String output) {}

  /**
   * Skips the test where there is none.
   *
   * @param otherwise what is not tried then
   */
  public void require(String otherwise) throws IOException {
    assumeTrue(run("").status() == 0, "python3 with numpy is absent: " + otherwise);
  }

  /** What a program does; 127 where there is no Python. */
  public Ran run(String program) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-B", "-c", "import numpy\n" + program)
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PYTHONPATH", modules.toAbsolutePath().normalize().toString());
    Process python;
    try {
      python = builder.start();
    } catch (IOException e) { // there is no such program
      return new Ran(127, e.getMessage());
    }
    try {
      String output = new String(python.getInputStream().readAllBytes(), UTF_8);
      return new Ran(python.waitFor(), output);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
