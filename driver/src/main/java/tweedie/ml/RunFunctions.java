package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.api.java.UDF3;
import scala.collection.Seq;
import scala.collection.mutable.WrappedArray;
import tweedie.data.DataException;
import tweedie.device.TaskResources;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.table.ImageColumn;
import tweedie.driver.table.RowImages;
import tweedie.network.engine.Engines;
import tweedie.score.DifferentiableDenoiser;

/** The functions of SQL. A process keeps the runs that they were last asked of. */
final class RunFunctions {

  private static final int KEPT = 4;
  private static final int LEVELS = 10;

  /** The random numbers of an image hang on nothing in its row. */
  private static final long[] FIRST = {0};

  private static final Map<String, ScoreModel.Loaded> RUNS =
      new LinkedHashMap<>(KEPT, 1, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ScoreModel.Loaded> eldest) {
          if (size() > KEPT) {
            eldest.getValue().model().free();
            return true;
          }
          return false;
        }
      };

  private RunFunctions() {}

  static final class Denoise implements UDF3<String, Object, Object, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object call(String run, Object image, Object sigma) throws IOException {
      return sigma == null ? null : value(run, image, "denoised", ((Number) sigma).doubleValue());
    }
  }

  static final class Bits implements UDF2<String, Object, Double> {

    private static final long serialVersionUID = 1L;

    @Override
    public Double call(String run, Object image) throws IOException {
      return (Double) value(run, image, "bits", Double.NaN);
    }
  }

  static final class ScoreNorms implements UDF2<String, Object, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object call(String run, Object image) throws IOException {
      return value(run, image, "scoreNorms", Double.NaN);
    }
  }

  private static Object value(String run, Object image, String column, double sigma)
      throws IOException {
    if (run == null || image == null) {
      return null;
    }
    ScoreModel.Loaded loaded = loaded(run);
    Engines.take(loaded.config().settings().train().threadsPerWorker());
    ImageFunction function =
        new ImageFunctions(loaded.directory(), loaded.config().settings(), loaded.model(), "floats")
            .of(List.of(column), LEVELS)
            .get(0);
    if (function.ofNoisy() && !(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new DataException(
          "tweedie_denoise: sigma is %s, and noise is a positive number".formatted(sigma));
    }
    ImageBatch batch =
        new ImageBatch(
            loaded.model().shape(),
            loaded.config().settings().seed(),
            FIRST,
            List.of(RowImages.pixels(kind(image), image, loaded.model().shape())),
            new double[] {sigma});
    try (DifferentiableDenoiser denoiser = loaded.model().differentiable()) {
      Object value = function.of(denoiser, batch)[0][0];
      return value instanceof Double ? value : WrappedArray.make(value);
    }
  }

  private static ScoreModel.Loaded loaded(String run) {
    synchronized (RUNS) {
      return RUNS.computeIfAbsent(
          run,
          path -> {
            try {
              return ScoreModel.loaded(
                  path, CheckpointChoice.NEWEST, List.of(), TaskResources.hadoop());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static ImageColumn.Kind kind(Object image) {
    if (image instanceof byte[]) {
      return ImageColumn.Kind.FILE;
    }
    if (image instanceof Seq || image instanceof Vector) {
      return ImageColumn.Kind.NUMBERS;
    }
    if (image instanceof Row row && row.schema() != null) {
      List<String> names = List.of(row.schema().fieldNames());
      if (names.contains("mode")) {
        return ImageColumn.Kind.IMAGE;
      }
      if (names.contains("bytes")) {
        return ImageColumn.Kind.NAMED_FILE;
      }
    }
    throw new DataException(
        "An image is the content of a picture file, Spark's image struct, or an array of numbers; not %s"
            .formatted(image.getClass().getSimpleName()));
  }
}
