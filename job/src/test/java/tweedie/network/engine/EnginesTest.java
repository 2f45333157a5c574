package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.device.Processor;
import tweedie.network.engine.ComputeSettings.Choice;

class EnginesTest {

  private static String refusal(Choice choice, String feature) {
    return Engines.bfloat16Refusal(choice, new Processor("a CPU", Set.of(feature))).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "ONEDNN, avx2, 'needs AVX512_BF16 or AMX, which this machine''s CPU, a CPU, has not'",
    "ND4J, avx512_bf16, 'is oneDNN''s, and networks are computed by ND4J'",
    "TORCH, avx512_bf16, 'is oneDNN''s, and networks are computed by TORCH'"
  })
  void bfloat16IsRefusedWhereItCannotBeHad(Choice choice, String feature, String reason) {
    assertThat(refusal(choice, feature))
        .isEqualTo("tweedie.compute.precision = bfloat16 " + reason + ": leave it at float32");
  }

  @ParameterizedTest
  @CsvSource({"avx512_bf16", "amx_bf16"})
  void bfloat16IsTakenWhereTheProcessorHasIt(String feature) {
    assertThat(refusal(Choice.ONEDNN, feature)).isEmpty();
  }
}
