package tweedie.ml;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import tweedie.data.DataException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.model.CodeFlow;
import tweedie.driver.model.DensityFlow;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.ImageDensities;
import tweedie.evaluate.likelihood.PixelScale;

/**
 * What can be asked of the model of a run.
 *
 * @param denoisedAs floats or png
 */
record ImageFunctions(RunDirectory run, Settings settings, RunModel model, String denoisedAs) {

  private static final List<String> NAMES =
      List.of("denoised", "score", "bits", "scoreNorms", "code");

  /**
   * The columns of these names, of any model.
   *
   * @throws DataException if there are none of a name
   */
  static List<StructField> fields(List<String> names, String denoisedAs) {
    return checked(names).stream()
        .flatMap(
            name ->
                switch (name) {
                  case "denoised" ->
                      new ImageFunction.Denoised(denoisedAs.equals("png")).fields().stream();
                  case "score" -> new ImageFunction.Score().fields().stream();
                  case "bits" -> new ImageFunction.Bits(null, 0, 0).fields().stream();
                  case "scoreNorms" -> new ImageFunction.ScoreNorms(null, 0).fields().stream();
                  default -> new ImageFunction.Code(null, 0).fields().stream();
                })
        .toList();
  }

  private static List<String> checked(List<String> names) {
    if (names.isEmpty() || new LinkedHashSet<>(names).size() < names.size()) {
      throw new DataException(
          "columns = %s must name one or more of %s, each once".formatted(names, NAMES));
    }
    for (String name : names) {
      if (!NAMES.contains(name)) {
        throw new DataException(
            "columns has '%s', and %s are known".formatted(name, String.join(", ", NAMES)));
      }
    }
    return names;
  }

  /**
   * The functions of these names.
   *
   * @param levels of scoreNorms
   * @throws DataException if there is none of a name, or the model does not have it
   */
  List<ImageFunction> of(List<String> names, int levels) throws IOException {
    List<ImageFunction> functions = new ArrayList<>();
    for (String name : checked(names)) {
      functions.add(of(name, levels));
    }
    return functions;
  }

  private ImageFunction of(String name, int levels) throws IOException {
    return switch (name) {
      case "denoised" -> denoised();
      case "score" -> new ImageFunction.Score();
      case "bits" -> bits();
      case "scoreNorms" -> new ImageFunction.ScoreNorms(levels(levels), settings.seed());
      default -> new ImageFunction.Code(CodeFlow.of(run, settings), settings.seed());
    };
  }

  private ImageFunction denoised() {
    boolean png = denoisedAs.equals("png");
    if (!png && !denoisedAs.equals("floats")) {
      throw new DataException("denoisedAs = %s must be floats or png".formatted(denoisedAs));
    }
    if (png && !model.shape().picture()) {
      throw new DataException(
          "denoisedAs = png: the model's images are of %s, which are no pictures"
              .formatted(model.shape()));
    }
    return new ImageFunction.Denoised(png);
  }

  private ImageFunction bits() throws IOException {
    Settings.Likelihood likelihood = settings.evaluate().likelihood();
    boolean dequantize = DensityFlow.dequantizes(likelihood, model.shape());
    DensityFlow flow = DensityFlow.of(run, settings, dequantize);
    return new ImageFunction.Bits(
        new ImageDensities(
            flow.likelihood(1, 1), flow.least(), likelihood.repeats(), 0, dequantize),
        dequantize ? PixelScale.UNIT.offset() : 0,
        settings.seed());
  }

  /** Geometric from the least to the largest noise that the model was trained with. */
  private double[] levels(int count) {
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    double[] levels = new double[count];
    double ratio = Math.log(trained.max() / trained.min());
    for (int l = 0; l < count; l++) {
      levels[l] = trained.min() * Math.exp(count == 1 ? ratio / 2 : ratio * l / (count - 1));
    }
    return levels;
  }
}
