package tweedie;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Spark in this process, for tests. There is one context at a time: tests that ask for the same
 * settings one after the other share it, and others put theirs in its place. The last one ends with
 * the process.
 */
public final class LocalSpark {

  private static LocalSpark running;

  private final Map<String, String> settings;
  private JavaSparkContext context;

  private LocalSpark(Map<String, String> settings) {
    this.settings = settings;
  }

  /** Spark with this master, such as {@code local[2]}. */
  public static LocalSpark of(String master) {
    return new LocalSpark(
        Map.of(
            "spark.master", master,
            "spark.app.name", "tests",
            "spark.ui.enabled", "false",
            "spark.driver.host", "127.0.0.1"));
  }

  /** The same with another setting. */
  public LocalSpark with(String key, String value) {
    Map<String, String> more = new TreeMap<>(settings);
    more.put(key, value);
    return new LocalSpark(more);
  }

  /** The context, which nobody may stop. */
  public JavaSparkContext context() {
    synchronized (LocalSpark.class) {
      if (running == null
          || running.context.sc().isStopped()
          || !running.settings.equals(settings)) {
        if (running != null) {
          running.context.stop();
        }
        SparkConf conf = new SparkConf();
        settings.forEach(conf::set);
        context = new JavaSparkContext(conf);
        running = this;
      }
      return running.context;
    }
  }

  /** A session of {@link #context}, which nobody may stop. */
  public SparkSession session() {
    context();
    return SparkSession.builder().getOrCreate();
  }
}
