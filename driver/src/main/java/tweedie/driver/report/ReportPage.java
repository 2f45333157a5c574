package tweedie.driver.report;

import java.util.List;
import tweedie.driver.page.Chart;
import tweedie.driver.report.Card.Command;
import tweedie.driver.report.Card.Fact;

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
    ReportLikelihood likelihood,
    List<ReportQuality> quality,
    List<Chart> byCalls,
    ReportScore score,
    String settings,
    List<Command> commands) {}
