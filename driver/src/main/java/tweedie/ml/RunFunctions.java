package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

  /** A run with what it was asked for, by the names of columns. */
  private record Kept(LoadedRun run, Map<String, ImageFunction> functions) {

    ImageFunction function(String column) {
      return functions.computeIfAbsent(
          column,
          name -> {
            try {
              return new ImageFunctions(
                      run.directory(), run.config().settings(), run.model(), "floats")
                  .of(List.of(name), LEVELS)
                  .get(0);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static final Map<String, Kept> RUNS =
      new LinkedHashMap<>(KEPT, 1, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          if (size() > KEPT) {
            eldest.getValue().run().model().free();
            return true;
          }
          return false;
        }
      };

  private RunFunctions() {}

  static final class Denoise implements UDF3<String, Object, Object, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object call(String run, Object image, Object sigma) {
      return sigma == null ? null : value(run, image, "denoised", ((Number) sigma).doubleValue());
    }
  }

  static final class Bits implements UDF2<String, Object, Double> {

    private static final long serialVersionUID = 1L;

    @Override
    public Double call(String run, Object image) {
      return (Double) value(run, image, "bits", Double.NaN);
    }
  }

  static final class ScoreNorms implements UDF2<String, Object, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object call(String run, Object image) {
      return value(run, image, "scoreNorms", Double.NaN);
    }
  }

  private static Object value(String run, Object image, String column, double sigma) {
    if (run == null || image == null) {
      return null;
    }
    Kept kept = kept(run);
    LoadedRun loaded = kept.run();
    Engines.take(loaded.config().settings().train().threadsPerWorker());
    ImageFunction function = kept.function(column);
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

  private static Kept kept(String run) {
    synchronized (RUNS) {
      return RUNS.computeIfAbsent(
          run,
          path -> {
            try {
              return new Kept(
                  LoadedRun.of(path, CheckpointChoice.NEWEST, List.of(), TaskResources.hadoop()),
                  new ConcurrentHashMap<>());
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
