package tweedie.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Numbers;

/**
 * What the template page/report.html shows; null and empty parts are left out, or the page says
 * which command makes them.
 *
 * @param title of the page
 * @param refreshSeconds after so many seconds it loads itself again; never for 0
 * @param live whether it does
 * @param run how commands name the run
 * @param written when
 * @param facts about the run
 * @param cards the numbers to look at first
 * @param warnings what the last round warns of
 * @param samples directories of samples
 * @param chains their noise; null where there is none
 * @param denoising what the denoiser does to copies
 * @param noDenoising why that is not there
 * @param training charts of the rounds
 * @param likelihood bits per dimension
 * @param quality of samples
 * @param byCalls quality over calls
 * @param score its error
 * @param settings all of them, as HOCON
 * @param commands that make the run again
 */
record ReportPage(
    String title,
    int refreshSeconds,
    boolean live,
    String run,
    String written,
    List<Fact> facts,
    List<Card> cards,
    List<String> warnings,
    List<ReportSamples> samples,
    Chart chains,
    DenoisingStrip denoising,
    String noDenoising,
    List<Chart> training,
    ReportEvaluation.Likelihood likelihood,
    List<ReportEvaluation.Quality> quality,
    List<Chart> byCalls,
    ReportEvaluation.Score score,
    String settings,
    List<Command> commands) {

  /** A line on the run. */
  record Fact(String label, String text) {}

  /**
   * A number to look at first.
   *
   * @param interval and its scale, below it
   */
  record Card(String label, String value, String interval, String note) {

    /** An estimate with its 95 % interval. */
    static Card of(String label, JsonNode estimate, String note) {
      boolean interval = estimate.path("low").isNumber();
      return new Card(
          label,
          Numbers.text(estimate.path("value").asDouble(Double.NaN)),
          interval
              ? "95 %: "
                  + Numbers.range(
                      estimate.path("low").doubleValue(), estimate.path("high").doubleValue())
              : "",
          note);
    }
  }

  /** A command and what it does. */
  record Command(String does, String line) {}
}
