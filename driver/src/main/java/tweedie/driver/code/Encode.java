package tweedie.driver.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.WholeFile;
import tweedie.data.picture.PictureReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.run.RunDirectory;

/** Carries images to their codes, decodes them again, and says what was lost. */
public final class Encode {

  private final JavaSparkContext spark;
  private final EncodeRequest request;

  public Encode(EncodeRequest request, SparkSession session) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
  }

  /**
   * What was written.
   *
   * @param out the directory or the .npz file
   * @param codes what they are
   */
  public record Result(Path out, CodesFile codes) {}

  /**
   * Encodes.
   *
   * @throws DataException if the output exists, images are missing or of another shape, or the run
   *     has no model
   * @throws IOException if a file system fails; the output then does not exist
   */
  public Result execute() throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    try (CodeOutput output = CodeOutput.at(request.out(), hadoop)) {
      Path beside = CodesFile.of(output.out());
      if (CodeOutput.isFile(output.out())) {
        WholeFile.requireNew(output.files(), beside, "file");
      }
      CodedRun run =
          CodedRun.of(
              RunDirectory.at(request.run(), hadoop),
              request.config(),
              request.checkpoint(),
              "encode with");
      CodeInput images = images(run, hadoop);
      run.requireShape(images, "images");
      CodeSums sums =
          new CodeJob(
                  spark,
                  "tweedie encode " + request.run(),
                  "encoding",
                  request.config().settings().train().threadsPerWorker())
              .run(run, images, CodeTask.Way.ENCODE, output.aside());
      CodesFile codes = CodesFile.of(run, request.config().settings().code(), images.place(), sums);
      String json = Json.SNAKE_PAGE.text(codes);
      if (CodeOutput.isFile(output.out())) {
        output.finish("codes");
        WholeFile.write(output.files(), beside, json);
      } else {
        WholeFile.write(output.files(), CodesFile.of(output.aside()), json);
        output.finish("codes");
      }
      return new Result(output.out(), codes);
    }
  }

  private CodeInput images(CodedRun run, Configuration hadoop) throws IOException {
    List<String> data = request.data();
    if (data.size() == 1 && isDataSet(data.get(0), hadoop)) {
      ShardedData shards = ShardedData.open(FileSystems.path(data.get(0)), hadoop);
      return CodeInput.of(data.get(0), shards, request.limit().orElse(Integer.MAX_VALUE));
    }
    ImageShape shape = run.shape();
    if (!shape.picture()) {
      throw new DataException(
          "The model of the run %s is for data of %s, which are no pictures: --data must name a directory of shards, and %s holds none"
              .formatted(request.run(), shape, data.get(0)));
    }
    List<Path> pictures = PictureReader.list(data, hadoop);
    int count = Math.min(pictures.size(), request.limit().orElse(Integer.MAX_VALUE));
    List<LabeledImage> images = new ArrayList<>();
    for (Path picture : pictures.subList(0, count)) {
      float[] pixels = ImageRows.floats(PictureReader.read(picture, shape, hadoop));
      images.add(new LabeledImage(images.size(), -1, shape, pixels));
    }
    return CodeInput.of(String.join(", ", data), images);
  }

  private static boolean isDataSet(String name, Configuration hadoop) throws IOException {
    return InputFiles.exists(name, hadoop)
        && InputFiles.status(name, hadoop).isDirectory()
        && InputFiles.in(FileSystems.path(name), hadoop).stream()
            .anyMatch(file -> file.getPath().getName().endsWith(".parquet"));
  }
}
