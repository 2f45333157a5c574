package tweedie.train.round;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import tweedie.LocalSpark;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.ComputedBy;

/** The laws of averaging where ND4J's operations compute; {@link AveragingTest} has oneDNN's. */
class AveragingByNd4jTest extends AveragingTest {

  private static ComputedBy computed;

  @BeforeAll
  static void begin() {
    LocalSpark.of("local[2]").context(); // whose settings say what computes
    computed = new ComputedBy(Choice.ND4J);
  }

  @AfterAll
  static void end() {
    computed.close();
  }
}
