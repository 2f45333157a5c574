package tweedie.driver.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.array.NpzNumbers;
import tweedie.data.array.NpzReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.code.DecodeRequest.From;
import tweedie.driver.run.RunDirectory;

/** Carries codes back to their images. */
public final class Decode {

  private final JavaSparkContext spark;
  private final DecodeRequest request;

  public Decode(DecodeRequest request, SparkSession session) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
  }

  /**
   * What was written.
   *
   * @param out the directory or the .npz file
   * @param images how many
   */
  public record Result(Path out, long images) {}

  /**
   * Decodes.
   *
   * @throws DataException if the output exists, codes are missing, of another shape or of another
   *     model, or the run has no model
   * @throws IOException if a file system fails; the output then does not exist
   */
  public Result execute() throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    try (CodeOutput output = CodeOutput.at(request.out(), hadoop)) {
      CodeInput codes = codes(hadoop);
      CodedRun run =
          CodedRun.of(
              RunDirectory.at(request.run(), hadoop),
              request.config(),
              request.checkpoint(),
              "decode with");
      run.requireShape(codes, "codes");
      if (request.from() == From.SAME_MODEL) {
        requireOf(run, hadoop);
      }
      CodeSums sums =
          new CodeJob(
                  spark,
                  "tweedie decode " + request.run(),
                  "decoding",
                  request.config().settings().train().threadsPerWorker())
              .run(run, codes, CodeTask.Way.DECODE, output.aside());
      if (!CodeOutput.isFile(output.out()) && run.shape().picture()) {
        output.drawGrid(run.shape());
      }
      output.finish(NpzReader.FIRST);
      return new Result(output.out(), sums.images());
    }
  }

  /** Refuses codes of another model, or of nobody knows which. */
  private void requireOf(CodedRun run, Configuration hadoop) throws IOException {
    FileSystem files = ResultFiles.of(request.codes(), hadoop);
    Path beside = CodesFile.of(files.makeQualified(request.codes()));
    if (!files.exists(beside)) {
      throw new DataException(
          "There is no %s that says whose codes these are; --force takes them for codes of the run %s"
              .formatted(beside, request.run()));
    }
    List<String> differences =
        Json.SNAKE_PAGE
            .read(WholeFile.read(files, beside), CodesFile.class, beside)
            .differences(run);
    if (!differences.isEmpty()) {
      throw new DataException(
          "The codes of %s do not fit the run %s: %s. Name the run, the checkpoint and the settings that they were made with; --force decodes them all the same."
              .formatted(request.codes(), request.run(), String.join("; ", differences)));
    }
  }

  private CodeInput codes(Configuration hadoop) throws IOException {
    String place = request.codes().toString();
    if (InputFiles.status(place, hadoop).isDirectory()) {
      ShardedData shards = ShardedData.open(request.codes(), hadoop);
      return CodeInput.of(place, shards, Long.MAX_VALUE);
    }
    List<LabeledImage> codes = new ArrayList<>();
    try (NpzReader npz = NpzReader.open(place, "codes", hadoop)) {
      ImageShape shape = npz.shape();
      double[] ids = numbers(place, "ids", npz.count(), hadoop);
      double[] labels = numbers(place, "labels", npz.count(), hadoop);
      for (int i = 0; npz.hasNext(); i++) {
        codes.add(new LabeledImage((long) ids[i], (int) labels[i], shape, npz.next()));
      }
    }
    if (codes.isEmpty()) {
      throw new DataException(place + " holds no code");
    }
    return CodeInput.of(place, codes);
  }

  private static double[] numbers(String place, String name, long count, Configuration hadoop)
      throws IOException {
    NpzNumbers numbers = NpzNumbers.read(place, name, hadoop);
    if (!numbers.shape().equals(List.of(count))) {
      throw new DataException(
          "%s, array %s has shape %s; the %d codes need as many"
              .formatted(place, name, numbers.shape(), count));
    }
    return numbers.values();
  }
}
