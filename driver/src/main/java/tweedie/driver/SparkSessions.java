package tweedie.driver;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Opens the Spark session of one command. Whatever spark-submit has set wins.
 *
 * @param master where it runs when spark-submit has not said it
 * @param application name of the application when spark-submit has not named it
 */
public record SparkSessions(String master, String application) {

  /** A new session, or the one that is open in this process. Closing it is the caller's. */
  public SparkSession open() {
    SparkSession session = SparkSession.builder().config(conf()).getOrCreate();
    // spark-submit logs in the cluster's way: Spark at INFO there drowns what a run says
    Configurator.setLevel("tweedie", Level.INFO);
    return session;
  }

  SparkConf conf() {
    SparkConf conf =
        new SparkConf()
            .setIfMissing("spark.master", master)
            .setIfMissing("spark.app.name", application)
            .setIfMissing("spark.log.level", "WARN")
            // a task waits this long for a core near its images; the default of 3 s can be a round
            .setIfMissing("spark.locality.wait", "500ms")
            // Kryo cannot write records
            .set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
      // progress arrives with heartbeats; 10 s, the default, is slow to watch
      conf.setIfMissing("spark.executor.heartbeatInterval", "5s");
      // on a busy machine this process may miss its own heartbeats, which says nothing here
      conf.setIfMissing("spark.executor.heartbeat.maxFailures", "1000000");
    }
    return conf;
  }
}
