package tweedie.driver.report;

import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What {@code report} is asked to do.
 *
 * @param run directory of the run
 * @param out the file to write; empty for {@code report.html} in the run
 * @param pages how often
 */
public record ReportRequest(Path run, Optional<Path> out, Pages pages) {

  /** How often the page is written. */
  public enum Pages {
    /** Once. */
    ONE,
    /** Whenever the run has changed, until its training ends. */
    WHILE_TRAINING
  }
}
