package tweedie.driver.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.NativeThreads;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.PagePicture;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.Psnr;
import tweedie.network.NetworkDenoiser;
import tweedie.sample.picture.ImageGrid;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.checkpoint.Checkpoint;

/**
 * What the newest checkpoint makes of 1, 2, 4 and 8 noisy copies of some images, at one noise for
 * each copy.
 *
 * @param sigma noise of each copy
 * @param images how many were measured
 */
record DenoisingStrip(double sigma, int images, String place, int round, List<Row> rows) {

  private static final int[] COPIES = {1, 2, 4, 8};
  private static final double SIGMA = 1;
  private static final int SHOWN = 8;

  /** Enough for an interval: two for each group of {@link HalfSamples}. */
  private static final int MEASURED = 2 * HalfSamples.GROUPS;

  /** Other noise than that of {@code denoise}, which draws at step 0. */
  private static final int STEP = 1;

  /** The first images of a kind, and how close all are to the clean images; empty for these. */
  record Row(String label, String quality, PagePicture picture) {}

  /**
   * Denoises images that were not trained on, or else images of the training.
   *
   * @throws DataException if the network is for no pictures, or its data are not there
   */
  static DenoisingStrip of(Checkpoint checkpoint, Settings settings, Configuration hadoop)
      throws IOException {
    ImageShape shape = checkpoint.network().shape();
    if (!shape.picture()) {
      throw new DataException(
          "The network is for data of %s, which are no pictures".formatted(shape));
    }
    Settings.Data data = settings.data();
    String place = data.validationPath().isEmpty() ? data.path() : data.validationPath();
    if (place.isEmpty()) {
      throw new DataException(
          "The settings of the run name no shards of images: tweedie.data.path is empty");
    }
    List<double[]> clean = first(FileSystems.path(place), shape, hadoop);
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    double sigma = Math.min(SIGMA, trained.max());
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("clean x", "", picture(shape, clean, "clean images")));
    NativeThreads.use(settings.train().threadsPerWorker());
    try (NetworkDenoiser denoiser =
        new NetworkDenoiser(checkpoint.network(), checkpoint.state().ema())) {
      for (int m : COPIES) {
        CopyNoise noise = new CopyNoise(sigma, m);
        List<double[]> means = new ArrayList<>();
        List<double[]> denoised = new ArrayList<>();
        for (int i = 0; i < clean.size(); i++) {
          double[] copies =
              Copies.of(clean.get(i), noise, Draws.of(settings.seed(), Purpose.TRIAL, i, STEP));
          means.add(Copies.mean(copies, m));
          denoised.add(denoiser.denoise(copies, noise));
        }
        String level = "s = " + NumberText.text(noise.s());
        boolean guesses = noise.s() < trained.min() || noise.s() > trained.max();
        String seen = m == 1 ? "one copy" : "mean of %d copies".formatted(m);
        rows.add(
            new Row(
                "%s, %s".formatted(seen, level),
                quality(means, clean),
                picture(shape, means, seen)));
        rows.add(
            new Row(
                "D of %s%s"
                    .formatted(
                        m == 1 ? "one copy" : m + " copies",
                        guesses ? " (noise it was not trained on)" : ""),
                quality(denoised, clean),
                picture(shape, denoised, "denoised from %d copies".formatted(m))));
      }
    }
    return new DenoisingStrip(sigma, clean.size(), place, checkpoint.state().round(), rows);
  }

  private static List<double[]> first(Path place, ImageShape shape, Configuration hadoop)
      throws IOException {
    ShardedData data = ShardedData.open(place, hadoop);
    if (!data.shape().equals(shape)) {
      throw new DataException(
          "%s holds images of %s, the model's are of %s".formatted(place, data.shape(), shape));
    }
    List<double[]> images = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(data.shards().get(0), hadoop)) {
      while (reader.hasNext() && images.size() < MEASURED) {
        images.add(ImageRows.doubles(reader.next().pixels()));
      }
    }
    return images;
  }

  private static PagePicture picture(ImageShape shape, List<double[]> images, String alt) {
    int shown = Math.min(SHOWN, images.size());
    double[] row = ImageRows.joined(images.subList(0, shown));
    return new PagePicture(new ImageGrid(shape, 1).png(row, shown), alt);
  }

  private static String quality(List<double[]> images, List<double[]> clean) {
    if (images.size() < MEASURED) {
      return "";
    }
    Estimate mean =
        HalfSamples.ofMean(
            IntStream.range(0, images.size())
                .mapToDouble(i -> Psnr.of(images.get(i), clean.get(i)))
                .toArray());
    return "%.2f dB (%.2f to %.2f)".formatted(mean.value(), mean.low(), mean.high());
  }
}
