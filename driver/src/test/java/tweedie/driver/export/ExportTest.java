package tweedie.driver.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;

class ExportTest {

  private static final Path RUN = new Path("runs/mnist");

  @Test
  void theOnlySamplesNeedNoName() {
    assertThat(Export.name(Optional.empty(), List.of("heun"), RUN)).isEqualTo("heun");
    assertThat(Export.name(Optional.of("ode"), List.of("heun", "ode"), RUN)).isEqualTo("ode");
  }

  @Test
  void ofSeveralSamplesOneMustBeNamed() {
    assertThatThrownBy(() -> Export.name(Optional.empty(), List.of("heun", "ode"), RUN))
        .isInstanceOf(DataException.class)
        .hasMessage("--name must choose samples; the run runs/mnist has samples named heun, ode.");
  }

  @Test
  void samplesThatAreNotThereAreRefused() {
    assertThatThrownBy(() -> Export.name(Optional.of("seven"), List.of("heun"), RUN))
        .isInstanceOf(DataException.class)
        .hasMessage("There are no samples named seven; the run runs/mnist has samples named heun.");
    assertThatThrownBy(() -> Export.name(Optional.of("seven"), List.of(), RUN))
        .isInstanceOf(DataException.class)
        .hasMessage("The run runs/mnist has no samples; draw some first with tweedie sample.");
  }
}
