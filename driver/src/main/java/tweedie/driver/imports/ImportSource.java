package tweedie.driver.imports;

import java.util.Optional;
import tweedie.data.DataException;
import tweedie.data.source.CifarSource;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderLabels;
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
    if (request.source() != ImportRequest.Source.IMAGES) {
      if (request.source() != ImportRequest.Source.DIGITS) {
        refuse(request, request.size(), "size");
      }
      refuse(request, request.channels(), "channels");
      refuse(request, request.labels(), "labels");
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
            request.channels().orElse(Channels.RGB),
            request.labels().orElse(FolderLabels.WHERE_ALL_LIE_IN_SOME));
      }
      case DIGITS -> {
        ImageSize size = request.size().orElse(DIGIT_SIZE);
        yield new DigitsSource(size.height(), size.width(), made, settings.seed());
      }
      case MIXTURE ->
          new MixtureSource(FromSettings.mixture(settings.data().mixture()), made, settings.seed());
    };
  }

  private static void refuse(ImportRequest request, Optional<?> given, String option) {
    if (given.isPresent()) {
      throw new DataException(
          "--from %1$s keeps the %2$s of its images: leave out --%2$s"
              .formatted(request.source(), option));
    }
  }
}
