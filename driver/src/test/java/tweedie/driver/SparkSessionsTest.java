package tweedie.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparkSessionsTest {

  @AfterEach
  void clear() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.ui.enabled");
  }

  @Test
  void localModeIsQuietAndQuickToReport() {
    SparkConf conf = new SparkSessions("local[2]", "tweedie demo").conf();

    assertThat(conf.get("spark.master")).isEqualTo("local[2]");
    assertThat(conf.get("spark.app.name")).isEqualTo("tweedie demo");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.executor.heartbeatInterval")).isEqualTo("5s");
  }

  @Test
  void whatSparkSubmitHasSetWins() {
    System.setProperty("spark.master", "spark://host:7077");
    System.setProperty("spark.ui.enabled", "true");

    SparkConf conf = new SparkSessions("local[2]", "tweedie demo").conf();

    assertThat(conf.get("spark.master")).isEqualTo("spark://host:7077");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.contains("spark.executor.heartbeatInterval")).isFalse();
  }
}
