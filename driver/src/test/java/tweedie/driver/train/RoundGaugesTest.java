package tweedie.driver.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import tweedie.LocalSpark;
import tweedie.train.round.RoundMetrics;

class RoundGaugesTest {

  @Test
  void sparksPrometheusPageShowsTheLastRound() throws Exception {
    SparkContext spark =
        LocalSpark.of("local[1]")
            .with("spark.driver.bindAddress", "127.0.0.1")
            .with("spark.ui.enabled", "true")
            .with("spark.ui.port", "0")
            .with("spark.metrics.namespace", "run")
            .with(
                "spark.metrics.conf.*.sink.prometheusServlet.class",
                "org.apache.spark.metrics.sink.PrometheusServlet")
            .with("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus")
            .context()
            .sc();
    RoundGauges source = RoundGauges.register();
    assertThat(page(spark)).contains("metrics_run_driver_tweedie_loss_Value{type=\"gauges\"} NaN");
    source.show(
        RoundMetrics.fromJson(
            "{\"round\":7,\"images_seen\":90,\"loss\":0.25,\"loss_by_noise\":[],\"images_per_second\":12.5,\"seconds\":7.2,\"drift\":0.125,\"workers\":1,\"slowest_worker_seconds\":1.0,\"fastest_worker_seconds\":1.0,\"worker_seconds\":[1.0]}",
            "metrics.jsonl"));
    assertThat(page(spark))
        .contains("metrics_run_driver_tweedie_loss_Value{type=\"gauges\"} 0.25")
        .contains("metrics_run_driver_tweedie_round_Value{type=\"gauges\"} 7.0")
        .contains("metrics_run_driver_tweedie_imagesPerSecond_Value{type=\"gauges\"} 12.5")
        .contains("metrics_run_driver_tweedie_drift_Value{type=\"gauges\"} 0.125")
        .contains("metrics_run_driver_tweedie_validationLoss_Value{type=\"gauges\"} NaN");
    source.close();
    assertThat(page(spark)).doesNotContain("tweedie_loss");
  }

  private static String page(SparkContext spark) throws Exception {
    String ui = spark.uiWebUrl().get();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%d/metrics/prometheus/"
                            .formatted(URI.create(ui).getPort())))
                .build(),
            BodyHandlers.ofString())
        .body();
  }
}
