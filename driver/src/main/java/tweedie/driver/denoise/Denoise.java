package tweedie.driver.denoise;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.picture.PictureReader;
import tweedie.device.NativeThreads;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.denoise.DenoiseRequest.Given;
import tweedie.driver.denoise.DenoiseRequest.How;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.Psnr;
import tweedie.network.NetworkDenoiser;
import tweedie.network.engine.ComputeSettings;
import tweedie.sample.picture.ImageGrid;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.checkpoint.Checkpoint;

/**
 * Denoises pictures that a person has, with the moving average of a run's weights: E[x | y] of each
 * alone, or E[x | y_1..y_m] of m noisy pictures of one scene. In this process, without Spark.
 */
public record Denoise(DenoiseRequest request, Configuration hadoop) {

  private static final Logger LOG = LoggerFactory.getLogger(Denoise.class);
  private static final String COMPARISON = "comparison.png";
  private static final int BATCH = 64;
  private static final int ROWS_COMPARED = 20;
  private static final int SCALE = 2;

  /**
   * What was written.
   *
   * @param out the directory or the file
   * @param won what each picture won, in their order; empty where the clean ones are not known
   */
  public record Result(Path out, List<Won> won) {}

  /**
   * How close a picture came to the clean one.
   *
   * @param picture its name
   * @param before peak signal-to-noise ratio of what the denoiser was given, in decibel for pixels
   *     in [0, 1]; of the mean of the copies, where they were fused
   * @param after that of what it returned
   */
  public record Won(String picture, double before, double after) {}

  /**
   * Denoises.
   *
   * @throws DataException if the output exists, a picture is missing, damaged or of another shape,
   *     or the run has no network for images
   * @throws IOException if a file system fails; the output then does not exist
   */
  public Result execute() throws IOException {
    FileSystem files = ResultFiles.of(request.out(), hadoop);
    Path out = files.makeQualified(request.out());
    WholeFile.requireNew(files, out, request.how() == How.EACH ? "directory" : "file");
    RunDirectory run = RunDirectory.at(request.run(), hadoop);
    Checkpoint checkpoint = checkpoint(run);
    ImageShape shape = checkpoint.network().shape();
    List<Path> pictures = PictureReader.list(request.pictures(), hadoop);
    List<double[]> read = new ArrayList<>();
    for (Path picture : pictures) {
      read.add(PictureReader.read(picture, shape, hadoop));
    }
    CopyNoise noise =
        new CopyNoise(request.sigma(), request.how() == How.FUSED ? pictures.size() : 1);
    warnOutsideOfTraining(noise.s());
    ComputeSettings.useOutsideSpark(settings().compute());
    NativeThreads.use(Runtime.getRuntime().availableProcessors());
    try (NetworkDenoiser denoiser =
        new NetworkDenoiser(checkpoint.network(), checkpoint.state().ema())) {
      return request.how() == How.FUSED
          ? fused(denoiser, new ImageGrid(shape, 1), read, noise, files, out)
          : each(denoiser, shape, names(pictures), read, files, out);
    }
  }

  private Settings settings() {
    return request.config().settings();
  }

  private Checkpoint checkpoint(RunDirectory run) throws IOException {
    if (settings().model().oracle() != Settings.Oracle.NONE) {
      throw new DataException(
          "The run %s is of an oracle (tweedie.model.oracle = mixture), whose data are vectors; pictures are denoised by a trained network."
              .formatted(run.path()));
    }
    Checkpoint checkpoint = run.checkpoint(request.checkpoint(), "denoise with");
    ImageShape shape = checkpoint.network().shape();
    if (!shape.picture()) {
      throw new DataException(
          "The network of the run %s is for data of %s, which are no pictures."
              .formatted(run.path(), shape));
    }
    return checkpoint;
  }

  private void warnOutsideOfTraining(double s) {
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings());
    if (s < trained.min() || s > trained.max()) {
      LOG.warn(
          "The noise {} is outside of what the network was trained on, {} to {}: it guesses.",
          s,
          trained.min(),
          trained.max());
    }
  }

  /** File names without their ending, which name the results. */
  static List<String> names(List<Path> pictures) {
    Map<String, Path> seen = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (Path picture : pictures) {
      String name = picture.getName().replaceFirst("\\.[^.]*$", "");
      Path other = seen.put(name, picture);
      if (other != null || (name + ".png").equals(COMPARISON)) {
        throw new DataException(
            "%s would be written as %s.png, as %s is; rename it"
                .formatted(picture, name, other == null ? "the comparison" : other));
      }
      names.add(name);
    }
    return names;
  }

  private Result each(
      NetworkDenoiser denoiser,
      ImageShape shape,
      List<String> names,
      List<double[]> read,
      FileSystem files,
      Path out)
      throws IOException {
    List<double[]> noisy = given(read);
    List<double[]> denoised = denoised(denoiser, noisy, request.sigma());
    List<Won> won = new ArrayList<>();
    if (request.given() == Given.CLEAN) {
      for (int i = 0; i < read.size(); i++) {
        won.add(
            new Won(
                names.get(i),
                Psnr.of(noisy.get(i), read.get(i)),
                Psnr.of(denoised.get(i), read.get(i))));
      }
    }
    List<List<double[]>> columns =
        request.given() == Given.CLEAN ? List.of(read, noisy, denoised) : List.of(noisy, denoised);
    Path aside = WholeFile.aside(out);
    try {
      ImageGrid picture = new ImageGrid(shape, 1);
      for (int i = 0; i < names.size(); i++) {
        WholeFile.write(
            files,
            FileSystems.child(aside, names.get(i) + ".png"),
            picture.picture(denoised.get(i)));
      }
      WholeFile.write(
          files,
          new Path(aside, COMPARISON),
          new ImageGrid(shape, SCALE).png(rows(columns), columns.size()));
      FileContext.getFileContext(out.toUri(), hadoop).rename(aside, out);
    } finally {
      files.delete(aside, true);
    }
    return new Result(out, won);
  }

  private List<double[]> denoised(NetworkDenoiser denoiser, List<double[]> noisy, double s) {
    int d = denoiser.dimension();
    List<double[]> denoised = new ArrayList<>();
    for (int from = 0; from < noisy.size(); from += BATCH) {
      int n = Math.min(BATCH, noisy.size() - from);
      double[] batch = ImageRows.joined(noisy.subList(from, from + n));
      double[] levels = new double[n];
      Arrays.fill(levels, s);
      Denoiser ofThese =
          denoiser.forChains(settings().seed(), LongStream.range(from, from + n).toArray());
      ofThese.denoise(batch, levels, batch);
      for (int i = 0; i < n; i++) {
        denoised.add(ImageRows.row(batch, i, d));
      }
    }
    return denoised;
  }

  /** The first pictures, a row each. */
  private static double[] rows(List<List<double[]>> columns) {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(ROWS_COMPARED, columns.get(0).size()); i++) {
      for (List<double[]> column : columns) {
        rows.add(column.get(i));
      }
    }
    return ImageRows.joined(rows);
  }

  /** The pictures as they are, or with noise added where they are clean. */
  private List<double[]> given(List<double[]> pictures) {
    if (request.given() == Given.NOISY) {
      return pictures;
    }
    CopyNoise noise = new CopyNoise(request.sigma(), 1);
    List<double[]> noisy = new ArrayList<>();
    for (double[] picture : pictures) {
      noisy.add(
          Copies.of(picture, noise, Draws.of(settings().seed(), Purpose.TRIAL, noisy.size(), 0)));
    }
    return noisy;
  }

  private Result fused(
      NetworkDenoiser denoiser,
      ImageGrid grid,
      List<double[]> read,
      CopyNoise noise,
      FileSystem files,
      Path out)
      throws IOException {
    double[] copies = ImageRows.joined(given(read));
    double[] denoised = denoiser.denoise(copies, noise);
    WholeFile.write(files, out, grid.picture(denoised));
    if (request.given() == Given.NOISY) {
      return new Result(out, List.of());
    }
    double[] scene = Copies.mean(ImageRows.joined(read), noise.copies());
    double[] mean = Copies.mean(copies, noise.copies());
    return new Result(
        out,
        List.of(
            new Won(
                "mean of %d copies".formatted(noise.copies()),
                Psnr.of(mean, scene),
                Psnr.of(denoised, scene))));
  }
}
