package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run wrote is data; what a person wrote is read within limits. */
@Timeout(20)
class HoconTest {

  private static final String SECRET = "topsecret123";

  @TempDir private Path directory;

  @Test
  void aRunIncludesNothingFromTheNetwork() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          byte[] answer = "tweedie.seed = 7".getBytes();
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:%d/x.conf".formatted(server.getAddress().getPort());
      for (String include :
          List.of(
              "include url(\"%s\")",
              "include required(url(\"%s\"))",
              "include \"%s\"",
              "tweedie { include url(\"%s\") }",
              "tweedie.study { include \"%s\" }")) {
        assertThat(refusedOfRun(include.formatted(url)))
            .isEqualTo(
                "run/config.conf: includes something; what a run wrote never does, so it is not"
                    + " read");
      }
      assertThat(requests).hasValue(0);
      Path file = write("person.conf", "include url(\"%s\")".formatted(url));
      assertThat(SettingsLoader.load(Optional.of(file), List.of()).settings().seed()).isEqualTo(7);
      assertThat(requests).hasPositiveValue();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aRunIncludesNoFileAndQuotesNone() throws IOException {
    Path secret = write("private.conf", "tweedie.secret = " + SECRET);
    for (String include :
        List.of(
            "include file(\"%s\")",
            "include required(file(\"%s\"))",
            "include \"%s\"",
            "include \"file:%s\"",
            "tweedie.data { include \"%s\" }")) {
      assertThat(refusedOfRun(include.formatted(secret)))
          .contains("run/config.conf: includes something")
          .doesNotContain(SECRET)
          .doesNotContain("secret =");
    }
    assertThat(refusedOfRun("include classpath(\"reference.conf\")"))
        .contains("includes something");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tweedie.data.path = ${?%s}",
        "tweedie.data.path = ${%s}",
        "tweedie.data.path = a${?%s}b",
        "tweedie { data { validation-path = ${?%s} } }",
        "tweedie.study.copies = [${?%s}]",
        "tweedie.study.copies += 3 // %s",
        "tweedie = ${%s}",
        "tweedie.seed = 1, a = {b = ${?%s}}"
      })
  void aRunRefersToNothing(String text) {
    System.setProperty("hostile.property", SECRET);
    try {
      for (String name : List.of("hostile.property", "PATH", "HOME", "tweedie.seed", "user.dir")) {
        assertThat(refusedOfRun(text.formatted(name)))
            .startsWith("run/config.conf: refers to other settings or to the environment with ${")
            .doesNotContain(SECRET)
            .doesNotContain(System.getenv("PATH"))
            .hasLineCount(1);
      }
    } finally {
      System.clearProperty("hostile.property");
    }
  }

  @Test
  void overridesOfAPersonMayReferWhereTheRunMayNot() {
    ConfigText run = new ConfigText("run/config.conf", "tweedie.seed = 5");
    assertThat(
            SettingsLoader.load(
                    Optional.empty(),
                    List.of("tweedie.study.copies=[1, ${tweedie.seed}]"),
                    Optional.of(run))
                .settings()
                .study()
                .copies())
        .containsExactly(1, 5);
  }

  @Test
  void whatIsTooLongOrTooDeepIsRefusedAtOnce() throws IOException {
    String deep = "[".repeat(20_000);
    String groups = "{ a = ".repeat(20_000);
    String keys = "a" + ".a".repeat(20_000) + " = 1";
    for (String text : List.of("tweedie.seed = " + deep, "tweedie = " + groups, groups)) {
      String sentence = "has more than 50 groups and lists in one another";
      assertThat(refusedOfRun(text)).isEqualTo("run/config.conf: " + sentence);
      assertThat(refusedOfPerson(text)).endsWith("deep.conf: " + sentence);
      assertThat(refused(Optional.empty(), Optional.empty(), "tweedie.seed=" + deep))
          .isEqualTo("command line: " + sentence);
    }
    assertThat(refusedOfRun(keys)).startsWith("run/config.conf: ");
    assertThat(refusedOfPerson(keys)).contains("deep.conf: ");
    String brackets = "tweedie.data.path = \"%s\" # %s".formatted("[{\\\"".repeat(100), deep);
    assertThat(SettingsLoader.load(Optional.of(write("deep.conf", brackets)), List.of()))
        .isNotNull();
    assertThat(refusedOfRun("#" + "x".repeat(Hocon.MOST_TEXT)))
        .isEqualTo("run/config.conf: is longer than 4194304 characters");
    assertThat(refusedOfPerson("#" + "x".repeat(1 << 20)))
        .endsWith("deep.conf: is longer than 1048576 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a%d = ${a%d}${a%d}",
        "a%d = ${a%d} ${a%d}",
        "a%d = [${a%d}, ${a%d}]",
        "a%d = { x = ${a%d}, y = ${?a%d} }",
        "a.b%d.c = [${a.b%d}] [${a.b%d}]"
      })
  void referencesThatGrowWithoutBoundAreRefusedAtOnce(String line) throws IOException {
    StringBuilder text = new StringBuilder("a0 = [1, 2, 3], a.b0.c = [1]\n");
    for (int i = 1; i < 40; i++) {
      text.append(line.formatted(i, i - 1, i - 1)).append('\n');
    }
    assertThat(refusedOfPerson(text + "tweedie.study.copies = ${a39}"))
        .endsWith("its references ${...} would make more than 4194304 characters of it");
  }

  @Test
  void aKeyThatLooksBackTwiceAndTwiceAgainIsRefused() throws IOException {
    assertThat(refusedOfPerson("x = [1]\n" + "x = ${x} ${x}\n".repeat(40)))
        .contains("would make more than");
    String few = "tweedie.study.copies = [1]\n" + "tweedie.study.copies += 2\n";
    assertThat(
            SettingsLoader.load(Optional.of(write("few.conf", few)), List.of())
                .settings()
                .study()
                .copies())
        .containsExactly(1, 2);
    assertThat(refusedOfPerson("x = ${?a.b}\n".repeat(1100)))
        .contains("it has more than 1000 references");
  }

  @Test
  void filesThatIncludeEachOtherEnd() throws IOException {
    write("b.conf", "include \"deep.conf\"\ninclude \"deep.conf\"");
    assertThat(refusedOfPerson("include \"b\"\ninclude \"b.conf\""))
        .endsWith("nested more than 50 times, you probably have a cycle in your includes.");
    write("c.conf", "seed = 1");
    assertThat(refusedOfPerson("include \"c\"\n".repeat(101)))
        .endsWith("deep.conf: includes more than 100 files, itself perhaps");
    assertThat(refusedOfPerson("include file(\"/dev/zero\")")).contains("/dev/zero is not a file");
    assertThat(refusedOfPerson("include \"file:/dev/zero\"")).contains("/dev/zero is not a file");
  }

  @Test
  void thousandsOfMistakesAndMillionsOfDigitsAreSaidWithinSeconds() throws IOException {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 4_900; i++) {
      many.append("tweedie.train.epohcs").append(i).append(" = 1\n");
    }
    long began = System.nanoTime();
    assertThat(refusedOfRun(many.toString().repeat(4)))
        .isEqualTo("run/config.conf: sets more than 5000 keys");
    assertThat(refusedOfRun(many.toString()))
        .hasLineCount(101)
        .contains("tweedie.train.epohcs0 = 1 is not a setting")
        .endsWith("... and 4800 more");
    String digits = "9".repeat(1_000_000);
    for (String number : List.of(digits, "0." + digits, "\"" + digits + "\"", "1e" + digits)) {
      assertThat(refusedOfPerson("tweedie.train.learning-rate = " + number))
          .contains("tweedie.train.learning-rate = ", "must be a number of at least 1e-20")
          .hasSizeLessThan(400);
      assertThat(refusedOfPerson("tweedie.seed = " + number)).contains("tweedie.seed = ");
    }
    assertThat(refusedOfPerson("tweedie.study.copies = " + "[1]".repeat(100_000)))
        .endsWith("joins more than 10000 values without a comma between them");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
  }

  private String refusedOfRun(String text) {
    return refused(Optional.empty(), Optional.of(new ConfigText("run/config.conf", text)));
  }

  private String refusedOfPerson(String text) throws IOException {
    return refused(Optional.of(write("deep.conf", text)), Optional.empty());
  }

  private static String refused(
      Optional<Path> file, Optional<ConfigText> below, String... overrides) {
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> SettingsLoader.load(file, List.of(overrides), below));
    assertThat(e).as("the configuration is refused").isNotNull();
    return e.getMessage();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
