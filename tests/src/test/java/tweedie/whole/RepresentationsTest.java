package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;
import static tweedie.whole.Commands.with;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.whole.Commands.Outcome;

/** What codes and the middle of a network know of images. */
class RepresentationsTest {

  private static final Object[] FEW = {
    "--what",
    "representations",
    "-D",
    "tweedie.code.steps=3",
    "-D",
    "tweedie.evaluate.representations.images=150",
    "-D",
    "tweedie.evaluate.representations.test-images=100",
    "-D",
    "tweedie.evaluate.representations.augmented-images=12",
    "-D",
    "tweedie.evaluate.representations.noise=[0.1, 1]"
  };

  @TempDir Path temporary;

  private static Outcome evaluate(Path run, Object... more) {
    return tweedie(with(with(new Object[] {"evaluate", "--run", run}, FEW), more));
  }

  private static JsonNode result(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("evaluation/representations.json").toFile());
  }

  @Test
  void pixelsCodesAndTheMiddleOfANetworkTellDigits() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    Trees.copy(digits.run(), run);
    Outcome table = evaluate(run, "--data", digits.fresh()).succeeded();

    assertThat(table.out())
        .contains(
            "(not trained on), codes from noise",
            "linear probes that learn from 150 images of " + digits.training(),
            "accuracy on 100 others",
            "middle at noise 0.1",
            "mirrored",
            "shifted",
            "noisy");
    JsonNode found = result(run);
    JsonNode probes = found.get("probes");
    assertThat(probes.findValuesAsText("of"))
        .containsExactly("pixels", "codes", "middle", "middle");
    assertThat(probes.get(0).get("values").intValue()).isEqualTo(TinyRuns.SIZE * TinyRuns.SIZE);
    assertThat(probes.get(2).get("values").intValue()).isEqualTo(8);
    assertThat(probes.get(3).get("noise").doubleValue()).isEqualTo(1);
    double ofPixels = probes.get(0).get("accuracy").get("value").doubleValue();
    double ofNoise = probes.get(3).get("accuracy").get("value").doubleValue();
    assertThat(ofPixels).isGreaterThan(0.5);
    assertThat(ofNoise).isLessThan(ofPixels);
    assertThat(found.get("test_images").intValue()).isEqualTo(100);
    assertThat(found.get("augmented_images").intValue()).isEqualTo(12);
    assertThat(found.get("augmentations")).hasSize(3);
    for (JsonNode change : found.get("augmentations")) {
      assertThat(change.get("pixels").get("value").doubleValue()).isBetween(0.01, 1.5);
      assertThat(change.get("codes").get("value").doubleValue()).isBetween(0.01, 1.5);
      assertThat(change.get("alike").get("value").doubleValue()).isBetween(0.01, 1.5);
    }
  }

  @Test
  void imagesOfTheTrainingAreNotLearnedFromAndTestedToo() throws IOException {
    Path run = temporary.resolve("run");
    Trees.copy(TinyRuns.digits().run(), run);
    evaluate(run, "-D", "tweedie.evaluate.representations.images=1000000").succeeded();

    JsonNode found = result(run);
    assertThat(found.get("trained_on").booleanValue()).isTrue();
    assertThat(found.get("training_images").intValue()).isEqualTo(300);
    assertThat(found.get("test_images").intValue()).isEqualTo(100);
  }

  /** Of two components of one variance a linear probe is the best classifier there is. */
  @Test
  void theExactMixtureHasPixelsAndCodesOnly() throws IOException {
    Path run = temporary.resolve("oracle");
    evaluate(
            run,
            "--conf",
            Repository.conf("mixture.conf"),
            "-D",
            "tweedie.model.oracle=mixture",
            "-D",
            "tweedie.data.mixture.weights=[0.5, 0.5]",
            "-D",
            "tweedie.data.mixture.means=[[-1, 0], [1, 0]]",
            "-D",
            "tweedie.data.mixture.stds=[1, 1]",
            "-D",
            "tweedie.evaluate.representations.test-images=1000")
        .succeeded();

    JsonNode probes = result(run).get("probes");
    assertThat(probes.findValuesAsText("of")).containsExactly("pixels", "codes");
    for (JsonNode probe : probes) { // Phi(1), but for what 150 points do not tell
      assertThat(probe.get("accuracy").get("value").doubleValue()).isCloseTo(0.84, within(0.05));
    }
    assertThat(result(run).get("augmentations")).hasSize(1);
  }

  @Test
  void withoutLabelsOnlyDistancesAreMeasured() throws IOException {
    Path conf = TinyRuns.prepare(temporary, 1, 1);
    Path run = temporary.resolve("run");
    tweedie("train", "--conf", conf, "--run", run).succeeded();
    Outcome table = evaluate(run).succeeded();

    assertThat(table.out()).doesNotContain("linear probes").contains("noisy");
    JsonNode found = result(run);
    assertThat(found.get("probes")).isEmpty();
    assertThat(found.get("test_images").intValue()).isZero();
    assertThat(found.get("augmentations").get(0).get("codes").get("value").doubleValue())
        .isBetween(1e-3, 0.5);
  }

  @Test
  void whatCannotBeMeasuredIsNamedAndNothingIsWritten() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    Trees.copy(digits.run(), run);

    refused(run, "images have codes under a trained network or a mixture", "model.oracle=data");
    refused(
        run,
        digits.training()
            + " leaves 0 images to learn from, and a probe needs at least 5: give another --data,"
            + " or a smaller tweedie.evaluate.representations.test-images",
        "evaluate.representations.test-images=400");
    refused(run, "must be", "evaluate.representations.noise=[0]");
    assertThat(run.resolve("evaluation/representations.json")).doesNotExist();
  }

  private static void refused(Path run, String sentence, String setting) {
    assertThat(evaluate(run, "-D", "tweedie." + setting).refused().err()).contains(sentence);
  }
}
