package tweedie.driver.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpzReader;
import tweedie.data.array.NpzWriter;
import tweedie.data.picture.PictureReader;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.NativeThreads;
import tweedie.driver.config.FromSettings;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.network.engine.ComputeSettings;
import tweedie.sample.picture.ImageGrid;
import tweedie.score.DifferentiableDenoiser;

/** Images on the way from one to another, by their codes. In this process, without Spark. */
public record Interpolate(InterpolateRequest request, Configuration hadoop) {

  private static final int BATCH = 64;
  private static final int SCALE = 2;

  /**
   * What was written.
   *
   * @param out the file
   * @param steps how many images are in it
   */
  public record Result(Path out, int steps) {}

  /**
   * Interpolates.
   *
   * @throws DataException if the output exists, an image is missing or of another shape, or the run
   *     has no model
   * @throws IOException if a file system fails; the output then does not exist
   */
  public Result execute() throws IOException {
    FileSystem files = ResultFiles.of(request.out(), hadoop);
    Path out = files.makeQualified(request.out());
    WholeFile.requireNew(files, out, "file");
    CodedRun run =
        CodedRun.of(
            RunDirectory.at(request.run(), hadoop),
            request.config(),
            request.checkpoint(),
            "encode with");
    boolean arrays = CodeOutput.isFile(out);
    if (!arrays && !run.shape().picture()) {
      throw new DataException(
          "The model of the run %s is for data of %s, which are no pictures: --out must name a .npz file"
              .formatted(request.run(), run.shape()));
    }
    double[] from = image("--from", request.from(), run.shape());
    double[] to = image("--to", request.to(), run.shape());
    ComputeSettings.useOutsideSpark(request.config().settings().compute());
    NativeThreads.use(Runtime.getRuntime().availableProcessors());
    List<double[]> codes;
    double[] images;
    try (DifferentiableDenoiser denoiser = run.model().differentiable()) {
      codes = codes(run, denoiser, from, to);
      images = images(run, denoiser, codes);
    } finally {
      run.model().free();
    }
    if (arrays) {
      write(files, out, run.shape(), codes, images);
    } else {
      byte[] strip = new ImageGrid(run.shape(), SCALE).png(images, request.steps());
      WholeFile.write(files, out, strip);
    }
    return new Result(out, request.steps());
  }

  /** The codes of the ends and between; all for one flow, whatever a model draws for an image. */
  private List<double[]> codes(
      CodedRun run, DifferentiableDenoiser denoiser, double[] from, double[] to) {
    double[] both =
        run.flow().encode(denoiser, ImageRows.joined(List.of(from, to)), run.seed(), new long[2]);
    double[] a = ImageRows.row(both, 0, from.length);
    double[] b = ImageRows.row(both, 1, from.length);
    List<double[]> codes = new ArrayList<>();
    for (int step = 0; step < request.steps(); step++) {
      codes.add(FlowCodes.between(a, b, step / (request.steps() - 1.0)));
    }
    return codes;
  }

  private static double[] images(
      CodedRun run, DifferentiableDenoiser denoiser, List<double[]> codes) {
    List<double[]> images = new ArrayList<>();
    for (int from = 0; from < codes.size(); from += BATCH) {
      List<double[]> batch = codes.subList(from, Math.min(codes.size(), from + BATCH));
      images.add(
          run.flow().decode(denoiser, ImageRows.joined(batch), run.seed(), new long[batch.size()]));
    }
    return ImageRows.joined(images);
  }

  private static void write(
      FileSystem files, Path out, ImageShape shape, List<double[]> codes, double[] images)
      throws IOException {
    NpyHeader header = CodeOutput.header(codes.size(), shape);
    WholeFile.write(
        files,
        out,
        (Path aside) -> {
          try (NpzWriter npz = new NpzWriter(files.create(aside, false))) {
            npz.begin(NpzReader.FIRST, header);
            npz.write(ImageRows.floats(images));
            npz.begin("codes", header);
            npz.write(ImageRows.floats(ImageRows.joined(codes)));
          }
        });
  }

  /** The picture of a name, or the image of a number where no file is named so. */
  private double[] image(String option, String named, ImageShape shape) throws IOException {
    if (named.matches("\\d{1,18}") && !InputFiles.exists(named, hadoop)) {
      return ofData(option, Long.parseLong(named), shape);
    }
    if (!shape.picture()) {
      throw new DataException(
          "%s %s: the model is for data of %s, which are no pictures; give the number of an image of tweedie.data.path"
              .formatted(option, named, shape));
    }
    return PictureReader.read(FileSystems.path(named), shape, hadoop);
  }

  private double[] ofData(String option, long id, ImageShape shape) throws IOException {
    String place = request.config().settings().data().path();
    if (place.isEmpty()) {
      throw new DataException(
          "%s %d is the number of an image of tweedie.data.path, which is empty; give a picture"
              .formatted(option, id));
    }
    ShardedData data = FromSettings.data(request.config(), hadoop);
    if (!data.shape().equals(shape)) {
      throw new DataException(
          "%s holds images of %s, the model's are of %s".formatted(place, data.shape(), shape));
    }
    for (Shard shard : data.shards()) {
      ShardReader.Footer footer = ShardReader.footer(new Path(shard.path()), hadoop);
      if (id < footer.firstId() || id > footer.lastId()) {
        continue;
      }
      try (ShardReader reader = ShardReader.open(shard, hadoop)) {
        while (reader.hasNext()) {
          LabeledImage image = reader.next();
          if (image.id() == id) {
            return ImageRows.doubles(image.pixels());
          }
        }
      }
    }
    throw new DataException("%s %d: %s holds no image of that number".formatted(option, id, place));
  }
}
