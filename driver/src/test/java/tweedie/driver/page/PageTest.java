package tweedie.driver.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;

class PageTest {

  private static final String NASTY = "</script><img src=x onerror=alert(1)>\"'&";

  /** What the template page/test.html names. */
  record Model(String title, int refreshSeconds, String text, Chart chart, PagePicture picture) {}

  private static Chart chart(Axis x, List<Series> series) {
    return new Chart("A title", "a note", x, Axis.linear("height"), series);
  }

  private static String page(String text, Chart chart) {
    return Page.html(
        "test", new Model(text, 0, text, chart, new PagePicture(new byte[] {1, 2, 3}, text)));
  }

  private static String page() {
    return page(
        NASTY,
        chart(
            Axis.linear(NASTY),
            List.of(new Series(NASTY, Drawn.LINE, List.of(Point.of(1, 2), Point.of(2, 3))))));
  }

  @Test
  void loadsNothingFromAnywhere() {
    Matcher references =
        Pattern.compile("(?i)\\b(?:src|href|srcset|action|data)\\s*=\\s*[\"']?([^\"' >]*)")
            .matcher(markup(page()));
    assertThat(references.results().map(found -> found.group(1)))
        .isNotEmpty()
        .allMatch(uri -> uri.startsWith("data:image/png;base64,") || uri.startsWith("#"));
    assertThat(page())
        .contains("content=\"default-src 'none'; img-src data:;")
        .doesNotContain("sourceMappingURL")
        .doesNotContain("@import", "url(", "<link");
  }

  @Test
  void runsNoScriptButItsOwn() throws Exception {
    String page = page();
    Matcher policy = Pattern.compile("script-src ([^\"]*)\"").matcher(page);
    assertThat(policy.find()).isTrue();
    java.util.Set<String> allowed = java.util.Set.of(policy.group(1).split(" "));
    java.util.Set<String> hashes = new java.util.HashSet<>();
    for (String after : page.split("<script>", -1)) {
      String script = after.substring(0, Math.max(0, after.indexOf("</script>")));
      byte[] hash =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(script.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      hashes.add("'sha256-" + java.util.Base64.getEncoder().encodeToString(hash) + "'");
    }
    assertThat(page.split("<script>", -1)).hasSize(3);
    assertThat(hashes).containsAll(allowed);
    assertThat(allowed).hasSize(2);
  }

  @Test
  void holdsTheLibraryWithItsLicence() {
    assertThat(page()).contains("Chart.js v4", "Released under the MIT License", "window.Chart=");
  }

  /** The page without what stands in script elements. */
  private static String markup(String page) {
    return page.replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
  }

  @Test
  void escapesWhateverItShows() throws Exception {
    String page = page();
    assertThat(page).doesNotContain("<img src=x");
    assertThat(markup(page)).contains("&lt;/script&gt;&lt;img src");
    // every script element ends where it should: those of the chart's data and the two of the page
    assertThat(page.split("<script", -1)).hasSize(1 + 3);
    assertThat(page.split("</script", -1)).hasSize(1 + 3);
    JsonNode data = data(page);
    assertThat(data.at("/x/title").textValue()).isEqualTo(NASTY);
    assertThat(data.at("/series/0/name").textValue()).isEqualTo(NASTY);
    assertThat(data.at("/series/0/points/1/y").doubleValue()).isEqualTo(3);
  }

  private static JsonNode data(String page) throws Exception {
    Matcher json =
        Pattern.compile("(?s)<script type=\"application/json\">(.*?)</script>").matcher(page);
    assertThat(json.find()).isTrue();
    return new ObjectMapper().readTree(json.group(1));
  }

  @Test
  void tableOfAChartHasARowForEveryPlace() {
    Chart chart =
        chart(
            Axis.linear("place"),
            List.of(
                new Series(
                    "a", Drawn.LINE, List.of(Point.of(1, 0.5), new Point(3, 1. / 3, 0.25, 0.5))),
                new Series("b", Drawn.BARS, List.of(Point.of(2, 1e-9)))));
    assertThat(chart.table())
        .isEqualTo(
            new Table(
                List.of("place", "a", "b"),
                List.of(
                    List.of("1", "0.5", ""),
                    List.of("2", "", "1.000e-09"),
                    List.of("3", "0.3333 (0.25 to 0.5)", ""))));
    assertThat(page("x", chart)).contains("<td>0.3333 (0.25 to 0.5)</td>");
  }

  @Test
  void placesOfCategoriesHaveTheirNames() {
    Chart chart =
        chart(
            Axis.of("class", List.of("zero", "one")),
            List.of(new Series("a", Drawn.BARS, List.of(Point.of(0, 7), Point.of(1, 8)))));
    assertThat(chart.table().rows()).containsExactly(List.of("zero", "7"), List.of("one", "8"));
  }

  @Test
  void numbersHaveFourDigits() {
    assertThat(List.of(0.0, 123456.0, -0.081249, 12e6, 1e-5, 100.0))
        .map(NumberText::text)
        .containsExactly("0", "123500", "-0.08125", "1.200e+07", "1.000e-05", "100");
    assertThat(NumberText.text(Double.NaN)).isEqualTo("-");
    assertThat(NumberText.text(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
    assertThat(NumberText.count(1234567)).isEqualTo("1,234,567");
  }

  @Test
  void rowsOfATableAreAsLongAsItsHeader() {
    assertThatThrownBy(() -> new Table(List.of("a", "b"), List.of(List.of("1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A table of 2 columns has a row of 1");
  }
}
