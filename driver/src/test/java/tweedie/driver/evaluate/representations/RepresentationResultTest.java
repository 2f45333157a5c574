package tweedie.driver.evaluate.representations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.driver.evaluate.representations.RepresentationResult.Augmented;
import tweedie.driver.evaluate.representations.RepresentationResult.Probed;
import tweedie.evaluate.Estimate;

class RepresentationResultTest {

  private static RepresentationResult result(List<Probed> probes) {
    return new RepresentationResult(
        "a model",
        0,
        "fresh",
        false,
        0.01,
        80,
        "seen",
        2000,
        1000,
        probes,
        200,
        List.of(
            new Augmented(
                "noisy",
                new Estimate(0.1, 0.09, 0.11),
                new Estimate(2, 1, 4),
                new Estimate(2, 1, 5))),
        3,
        List.of());
  }

  @Test
  void theTableHasALineForEachRepresentationAndChange() {
    Estimate accuracy = new Estimate(0.9, 0.88, 0.92);
    List<Probed> probes =
        List.of(
            new Probed("codes", 0, 784, 0.01, accuracy),
            new Probed("middle", 0.3, 128, 1e-4, accuracy));
    assertThat(result(probes).table())
        .isEqualToNormalizingNewlines(
            """
            representations: a model, images of fresh (not trained on), codes from noise 0.01000 to 80.00
            linear probes that learn from 2000 images of seen, accuracy on 1000 others
            representation             values    ridge  accuracy
            codes                         784     0.01  0.9000 (0.8800 to 0.9200)
            middle at noise 0.3           128   1.0E-4  0.9000 (0.8800 to 0.9200)
            distance that a change moves an image, over that of two images, of 200
            change       pixels                       codes                        codes, from codes moved alike
            noisy        0.1000 (0.0900 to 0.1100)    2.0000 (1.0000 to 4.0000)    2.0000 (1.0000 to 5.0000)""");
  }

  @Test
  void withoutProbesNothingIsSaidOfThem() {
    assertThat(result(List.of()).table()).doesNotContain("probes", "ridge").contains("noisy");
  }
}
