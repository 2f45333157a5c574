package tweedie.driver;

import java.io.IOException;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;
import tweedie.data.CifarSource;
import tweedie.data.DataException;
import tweedie.data.DigitsSource;
import tweedie.data.FolderSource;
import tweedie.data.IdxSource;
import tweedie.data.ImageSource;
import tweedie.data.MixtureSource;
import tweedie.driver.config.Settings;

/** What each command does once its command line and settings are known to be right. */
class Applications {

  private static final ImageSize DIGIT_SIZE = new ImageSize(28, 28);
  private static final int DIGITS = 10_000;

  Import.Result importImages(ImportRequest request, SparkSessions spark) throws IOException {
    ImageSource source = source(request);
    try (SparkSession session = spark.open()) {
      return importImages(request, source, session);
    }
  }

  Train.Result train(TrainRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.open()) {
      return new Train(request, session).execute();
    }
  }

  Sample.Result sample(SampleRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.open()) {
      Sample.Result result = new Sample(request, session).execute();
      System.out.println(result.grid() == null ? result.directory() : result.grid());
      return result;
    }
  }

  void demo(DemoRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.open()) {
      new Demo(request, session).execute();
    }
  }

  private static Import.Result importImages(
      ImportRequest request, ImageSource source, SparkSession session) throws IOException {
    Import.Settings settings =
        new Import.Settings(
            source,
            request.output().toString(),
            request.limit().map(OptionalLong::of).orElse(OptionalLong.empty()),
            request.config().settings().data().imagesPerShard(),
            request.damaged());
    try (Progress progress = Progress.start("import", "images", request.limit().orElse(0))) {
      Import.Result result = new Import(session, settings, progress).execute();
      System.out.println("%d images of %s".formatted(result.images(), result.shape()));
      return result;
    }
  }

  static ImageSource source(ImportRequest request) {
    Settings settings = request.config().settings();
    if (request.size().isPresent()
        && request.source() != ImportRequest.Source.IMAGES
        && request.source() != ImportRequest.Source.DIGITS) {
      throw new DataException(
          "--from %s keeps the size of its images: leave out --size".formatted(request.source()));
    }
    int made = request.limit().map(Math::toIntExact).orElse(DIGITS);
    return switch (request.source()) {
      case MNIST -> new IdxSource(request.input().orElseThrow().toString());
      case CIFAR10 -> new CifarSource(request.input().orElseThrow().toString());
      case IMAGES -> {
        ImageSize size =
            request
                .size()
                .orElseThrow(
                    () -> new DataException("--from images needs --size HxW, for example 64x64"));
        yield new FolderSource(
            request.input().orElseThrow().toString(), size.height(), size.width());
      }
      case DIGITS -> {
        ImageSize size = request.size().orElse(DIGIT_SIZE);
        yield new DigitsSource(size.height(), size.width(), made, settings.seed());
      }
      case MIXTURE -> {
        Settings.Mixture mixture = settings.data().mixture();
        yield new MixtureSource(
            mixture.weights(), mixture.means(), mixture.stds(), made, settings.seed());
      }
    };
  }
}
