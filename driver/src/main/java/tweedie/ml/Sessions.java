package tweedie.ml;

import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;

/** What sessions that somebody else has opened must be like. */
final class Sessions {

  private static final String SERIALIZER = "spark.serializer";

  private Sessions() {}

  /**
   * Refuses a session whose tasks could not be sent.
   *
   * @throws DataException if its serializer is Kryo, which cannot write Java's records
   */
  static void check(SparkSession session) {
    String serializer = session.sparkContext().conf().get(SERIALIZER, "");
    if (serializer.contains("Kryo")) {
      throw new DataException(
          "%s = %s cannot write what Tweedie sends to executors: leave it at Spark's default"
              .formatted(SERIALIZER, serializer));
    }
  }
}
