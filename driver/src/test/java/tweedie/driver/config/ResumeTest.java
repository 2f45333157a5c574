package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.driver.config.SettingsChange.Rule;

/** The documents list the settings that may change as they are annotated. */
class ResumeTest {

  private static final Pattern KEY = Pattern.compile("`([a-z0-9.*-]+)`");

  @ParameterizedTest
  @CsvSource({"FREE, 'free, logged'", "ASKED, with `--allow-change`", "REFUSED, refused"})
  void theTableOfChangesNamesWhatIsAnnotated(Rule rule, String change) throws IOException {
    String row =
        Files.readString(Path.of("../docs/resume.md"))
            .lines()
            .filter(
                line ->
                    line.startsWith("| `") && line.endsWith("` | " + change + " |")
                        || line.endsWith(" everything else | " + change + " |"))
            .findFirst()
            .orElseThrow();
    assertThat(keys(row.substring(0, row.lastIndexOf(" | "))))
        .containsExactlyInAnyOrderElementsOf(
            annotated(
                component ->
                    component.isAnnotationPresent(SettingsChange.Resume.class)
                        && component.getAnnotation(SettingsChange.Resume.class).value() == rule));
  }

  @Test
  void theStudyNamesWhatIsFreeInIt() throws IOException {
    String text = Files.readString(Path.of("../docs/study.md"));
    String sentence =
        text.substring(text.indexOf("directory later: "), text.indexOf(" may differ."));
    assertThat(keys(sentence))
        .containsExactlyInAnyOrderElementsOf(
            annotated(
                component -> component.isAnnotationPresent(SettingsChange.FreeInStudy.class)));
  }

  private static List<String> keys(String text) {
    return KEY.matcher(text).results().map(key -> key.group(1)).toList();
  }

  /** The settings and groups, with an asterisk, whose component is as asked for. */
  private static List<String> annotated(Predicate<RecordComponent> asked) {
    return annotated(Settings.class, "", asked).toList();
  }

  private static Stream<String> annotated(
      Class<?> group, String path, Predicate<RecordComponent> asked) {
    return Stream.of(group.getRecordComponents())
        .flatMap(
            component -> {
              String key = path + SettingKeys.kebab(component.getName());
              if (!component.getType().isRecord()) {
                return asked.test(component) ? Stream.of(key) : Stream.of();
              }
              return Stream.concat(
                  asked.test(component) ? Stream.of(key + ".*") : Stream.of(),
                  annotated(component.getType(), key + ".", asked));
            });
  }
}
