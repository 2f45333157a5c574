package tweedie.driver.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.device.TaskResources;
import tweedie.driver.run.SampleDirectory;
import tweedie.network.engine.Engines;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Vectors;

/**
 * A task that encodes or decodes a batch and writes it as a shard, whole or not at all.
 *
 * @param directory of the shards
 * @param done counts images
 */
record CodeTask(
    Broadcast<CodedRun> run, Way way, String directory, int threads, LongAccumulator done)
    implements Function<CodeBatch, CodeSums> {

  /** Which way images are carried. */
  enum Way {
    /** To their codes, and back to see what is lost. */
    ENCODE,
    /** From their codes. */
    DECODE
  }

  @Override
  public CodeSums call(CodeBatch batch) throws IOException {
    Engines.take(threads);
    Configuration hadoop = TaskResources.hadoop();
    List<LabeledImage> given = batch.read(hadoop);
    long[] ids = given.stream().mapToLong(LabeledImage::id).toArray();
    double[] rows = ImageRows.doubles(ImageRows.of(given));
    CodedRun coded = run.value();
    float[] written;
    CodeSums sums;
    try (DifferentiableDenoiser denoiser = coded.model().differentiable()) {
      if (way == Way.ENCODE) {
        written = ImageRows.floats(coded.flow().encode(denoiser, rows, coded.seed(), ids));
        double[] codes = ImageRows.doubles(written); // what a reader will decode
        double[] back = coded.flow().decode(denoiser, codes, coded.seed(), ids);
        sums = sums(codes, rows, back, ids.length);
      } else {
        written = ImageRows.floats(coded.flow().decode(denoiser, rows, coded.seed(), ids));
        sums = new CodeSums(ids.length, Vectors.dot(rows, rows), 0, 0);
      }
    }
    ShardWriter.write(
        SampleDirectory.part(directory, batch.first(), batch.first() + batch.count() - 1),
        images(given, written),
        hadoop);
    done.add(ids.length);
    return sums;
  }

  private static CodeSums sums(double[] codes, double[] images, double[] back, int n) {
    int d = images.length / n;
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double of = Vectors.squaredDistance(ImageRows.row(images, i, d), ImageRows.row(back, i, d));
      squares += of;
      largest = Math.max(largest, of / d);
    }
    return new CodeSums(n, Vectors.dot(codes, codes), squares, largest);
  }

  /** The rows with the numbers and labels of what was given. */
  private static List<LabeledImage> images(List<LabeledImage> given, float[] rows) {
    List<LabeledImage> images = new ArrayList<>();
    int d = rows.length / given.size();
    for (int i = 0; i < given.size(); i++) {
      LabeledImage of = given.get(i);
      float[] values = Arrays.copyOfRange(rows, i * d, (i + 1) * d);
      images.add(new LabeledImage(of.id(), of.label(), of.shape(), values));
    }
    return images;
  }
}
