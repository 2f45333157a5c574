package tweedie.driver;

import org.apache.spark.SparkConf;

/** A cluster that does not answer, or gives this application nothing. The message says which. */
final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Nobody answers, or nobody any more. */
  static ClusterException unreachable(SparkConf conf, LastWarning warning, Exception e) {
    return new ClusterException(
        "No Spark cluster answers at %s: %s. Check the URL (--master), and that the master runs."
            .formatted(conf.get("spark.master"), warning.text()),
        e);
  }
}
