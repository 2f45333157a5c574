package tweedie.driver.cluster;

import org.apache.spark.SparkConf;
import tweedie.TweedieException;

/** A cluster that does not answer, or gives this application nothing. The message says which. */
public final class ClusterException extends TweedieException {

  private static final long serialVersionUID = 1L;

  public ClusterException(String message, Throwable cause) {
    super(Status.FAILED, message, cause);
  }

  /** Nobody answers, or nobody any more. */
  static ClusterException unreachable(SparkConf conf, LoggedComplaint warning, Exception e) {
    // a standalone master does that after ten executors that ended at once
    boolean removed = warning.text().contains("Master removed our application");
    return new ClusterException(
        (removed
                ? "Executors of %s do not start: %s. The logs of its workers say why."
                : "No Spark cluster answers at %s: %s. Check the URL (--master), and that the master runs.")
            .formatted(conf.get("spark.master"), warning.text()),
        e);
  }
}
