package tweedie.driver.imports;

import tweedie.data.DataException;
import tweedie.data.source.CifarSource;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderSource;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.IdxSource;
import tweedie.data.source.ImageSource;
import tweedie.data.source.MixtureSource;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.imports.ImportRequest.ImageSize;

/** Where the images come from that an import is asked for. */
public final class ImportSource {

  private static final ImageSize DIGIT_SIZE = new ImageSize(28, 28);

  /** Images that are made where no number is asked for. */
  private static final int MADE = 10_000;

  private ImportSource() {}

  /**
   * The source of these images, which is not read yet.
   *
   * @throws DataException if a size is missing, or of no use
   */
  public static ImageSource of(ImportRequest request) {
    Settings settings = request.config().settings();
    if (request.size().isPresent()
        && request.source() != ImportRequest.Source.IMAGES
        && request.source() != ImportRequest.Source.DIGITS) {
      throw new DataException(
          "--from %s keeps the size of its images: leave out --size".formatted(request.source()));
    }
    if (request.channels().isPresent() && request.source() != ImportRequest.Source.IMAGES) {
      throw new DataException(
          "--from %s keeps the channels of its images: leave out --channels"
              .formatted(request.source()));
    }
    int made = request.limit().map(Math::toIntExact).orElse(MADE);
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
            request.input().orElseThrow().toString(),
            size.height(),
            size.width(),
            request.channels().orElse(Channels.RGB));
      }
      case DIGITS -> {
        ImageSize size = request.size().orElse(DIGIT_SIZE);
        yield new DigitsSource(size.height(), size.width(), made, settings.seed());
      }
      case MIXTURE ->
          new MixtureSource(FromSettings.mixture(settings.data().mixture()), made, settings.seed());
    };
  }
}
