package tweedie.driver.action;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import tweedie.driver.evaluate.EvaluateRequest;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.Measurable;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.likelihood.LikelihoodMeasurement;
import tweedie.driver.evaluate.samples.SamplesMeasurement;
import tweedie.driver.evaluate.score.ScoreMeasurement;

/**
 * Measures a run. All that is asked for is checked before anything is measured or written.
 *
 * <p>To measure something else, add it to {@link Measurable} and to {@link #prepared}.
 */
final class Evaluate {

  private final EvaluatedRun run;
  private final List<Measurable> what;

  Evaluate(EvaluateRequest request, SparkSession session) throws IOException {
    this.run = new EvaluatedRun(request, session);
    this.what = request.what();
  }

  List<Measurement.Result> execute() throws IOException {
    List<Measurement> measurements = new ArrayList<>();
    for (Measurable asked : what) {
      measurements.add(prepared(asked));
    }
    List<Measurement.Result> results = new ArrayList<>();
    for (Measurement measurement : measurements) {
      results.addAll(measurement.measure());
    }
    return results;
  }

  private Measurement prepared(Measurable asked) throws IOException {
    return switch (asked) {
      case SAMPLES -> new SamplesMeasurement(run);
      case SCORE -> new ScoreMeasurement(run);
      case LIKELIHOOD -> new LikelihoodMeasurement(run);
    };
  }
}
