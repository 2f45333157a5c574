package tweedie.driver.report;

import java.util.List;

/**
 * What the command was told that measured something.
 *
 * @param data the real images
 * @param trainedOn whether these were trained on
 * @param round of the model that was measured; 0 for samples and for a model that was not trained
 * @param overrides settings that were not the run's
 */
record Provenance(String data, boolean trainedOn, int round, List<String> overrides) {

  /** The real images, in words. */
  String images() {
    return "%s (%s)".formatted(data, seen());
  }

  /** Whether they were trained on, in words. */
  String seen() {
    return trainedOn ? "trained on" : "not trained on";
  }
}
