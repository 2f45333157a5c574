package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.driver.config.SettingsChange.Rule;

class SettingsChangeTest {

  private static LoadedSettings settings(String... overrides) {
    return SettingsLoader.load(Optional.empty(), List.of(overrides));
  }

  @Test
  void theSameSettingsHaveNoChange() {
    assertThat(SettingsChange.between(settings("tweedie.seed=1"), settings())).isEmpty();
  }

  @Test
  void everyChangeIsListedWithBothValues() {
    assertThat(
            SettingsChange.between(
                settings("tweedie.train.epochs=3", "tweedie.model.channels=[8, 16, 32]"),
                settings("tweedie.train.epochs=5", "tweedie.noise.schedule=ve")))
        .extracting(SettingsChange::key, SettingsChange::before, SettingsChange::now)
        .containsExactly(
            tuple("tweedie.model.channels", "[8,16,32]", "[32,64,128]"),
            tuple("tweedie.noise.schedule", "\"edm\"", "\"ve\""),
            tuple("tweedie.train.epochs", "3", "5"));
  }

  @Test
  void aNumberWrittenOtherwiseIsNoChange() {
    assertThat(
            SettingsChange.between(
                settings("tweedie.train.learning-rate=0.01"),
                settings("tweedie.train.learning-rate=1e-2")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "tweedie.seed, 2, REFUSED",
    "tweedie.noise.copies, 3, REFUSED",
    "tweedie.noise.edm.sigma-max, 9, REFUSED",
    "tweedie.model.hidden, 9, REFUSED",
    "tweedie.train.batch-size, 9, REFUSED",
    "tweedie.train.workers, 9, REFUSED",
    "tweedie.train.learning-rate, 9, ASKED",
    "tweedie.train.decay, cosine, ASKED",
    "tweedie.train.ema.ramp-up, 0.5, ASKED",
    "tweedie.train.threads-per-worker, 2, ASKED",
    "tweedie.train.averaging.strategy, nesterov, REFUSED",
    "tweedie.train.averaging.every, 7, ASKED",
    "tweedie.train.validation.every, 7, FREE",
    "tweedie.train.epochs, 99, FREE",
    "tweedie.train.keep-checkpoints, 9, FREE",
    "tweedie.train.cache, disk, FREE",
    "tweedie.data.path, elsewhere, FREE",
    "tweedie.data.dequantization, uniform, REFUSED",
    "tweedie.data.images-per-shard, 9, FREE",
    "tweedie.noise.draws, 9, ASKED",
    "tweedie.train.stable-targets.reference, 999999, ASKED",
    "tweedie.study.sigma, 9, FREE",
    "tweedie.sample.annealed.steps, 9, FREE",
  })
  void everySettingHasItsRule(String key, String value, Rule rule) {
    assertThat(SettingsChange.between(settings(), settings(key + "=" + value)))
        .singleElement()
        .returns(key, SettingsChange::key)
        .returns(rule, SettingsChange::rule);
  }

  @ParameterizedTest
  @CsvSource({
    "tweedie.seed, 2, REFUSED",
    "tweedie.train.epochs, 99, REFUSED",
    "tweedie.data.path, elsewhere, FREE",
    "tweedie.data.validation-path, elsewhere, REFUSED",
    "tweedie.sample.annealed.steps, 9, FREE",
    "tweedie.study.seeds, 9, FREE",
    "tweedie.study.sigma, 9, REFUSED",
    "tweedie.study.mixtures.dimensions, [3], FREE",
    "tweedie.study.images.steps, 9, REFUSED",
  })
  void everySettingHasItsRuleInAStudy(String key, String value, Rule rule) {
    assertThat(SettingsChange.between(settings(), settings(key + "=" + value)))
        .singleElement()
        .returns(key, SettingsChange::key)
        .returns(rule, SettingsChange::studyRule);
  }

  @Test
  void overridesGiveTheSameSettingsAgain() {
    LoadedSettings loaded =
        settings(
            "tweedie.seed=3",
            "tweedie.data.path=hdfs://there/a b's [1]",
            "tweedie.model.channels=[8, 16, 32]",
            "tweedie.data.mixture.weights=[0.25, 0.75]",
            "tweedie.data.mixture.means=[[0, 1], [2, 3]]",
            "tweedie.data.mixture.stds=[1, 2]",
            "tweedie.train.averaging.every=50",
            "tweedie.train.decay=cosine");
    List<String> overrides = loaded.overrides(settings());
    assertThat(overrides)
        .contains("tweedie.train.decay=cosine", "tweedie.data.path=hdfs://there/a b's [1]")
        .hasSize(8);
    assertThat(SettingsLoader.load(Optional.empty(), overrides).settings())
        .isEqualTo(loaded.settings());
    assertThat(settings().overrides(settings())).isEmpty();
  }
}
