package tweedie.driver.imports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.source.CifarSource;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.FolderSource;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.IdxSource;
import tweedie.data.source.ImageSource;
import tweedie.data.source.MixtureSource;
import tweedie.data.source.NumpySource;
import tweedie.data.source.WebDatasetSource;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.imports.ImportRequest.TableOptions;
import tweedie.driver.table.ImageSize;
import tweedie.driver.table.TableImages;
import tweedie.driver.table.Tables;

/** Where the images come from that an import is asked for. */
public final class ImportSource {

  private static final ImageSize DIGIT_SIZE = new ImageSize(28, 28);

  /** Images that are made where no number is asked for. */
  private static final int MADE = 10_000;

  private ImportSource() {}

  /**
   * What finds these images in a session.
   *
   * @throws DataException if a size is missing, or of no use
   */
  public static Function<SparkSession, Intake> of(ImportRequest request) {
    return switch (request.source()) {
      case TABLE -> table(request);
      case NUMPY -> numpy(request);
      default -> {
        refuseColumns(request);
        Intake intake = new SourceIntake(source(request));
        yield session -> intake;
      }
    };
  }

  private static Function<SparkSession, Intake> table(ImportRequest request) {
    refuse(request, request.labels(), "labels");
    TableOptions table = request.table();
    Tables tables = new Tables(table.format(), table.where());
    TableImages.Wanted wanted =
        new TableImages.Wanted(table.image(), table.label(), request.size(), request.channels());
    String input = request.input().orElseThrow().toString();
    return session -> new TableIntake(TableImages.of(tables.open(session, input), wanted));
  }

  private static Function<SparkSession, Intake> numpy(ImportRequest request) {
    TableOptions names = request.table();
    refuse(request, request.size(), "size");
    refuse(request, request.channels(), "channels");
    refuse(request, request.labels(), "labels");
    if (names.format().isPresent() || names.where().isPresent()) {
      throw new DataException("--from numpy is no table: leave out --format and --where");
    }
    String input = request.input().orElseThrow().toString();
    return session -> {
      try {
        return new SourceIntake(
            NumpySource.of(
                input, names.image(), names.label(), session.sparkContext().hadoopConfiguration()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static void refuseColumns(ImportRequest request) {
    if (!request.table().equals(TableOptions.NONE)) {
      throw new DataException(
          "--from %s has no columns: leave out --format, --image, --label and --where"
              .formatted(request.source()));
    }
  }

  private static ImageSource source(ImportRequest request) {
    Settings settings = request.config().settings();
    if (request.source() != ImportRequest.Source.IMAGES) {
      if (request.source() != ImportRequest.Source.WEBDATASET) {
        if (request.source() != ImportRequest.Source.DIGITS) {
          refuse(request, request.size(), "size");
        }
        refuse(request, request.channels(), "channels");
      }
      refuse(request, request.labels(), "labels");
    }
    int made = request.limit().map(Math::toIntExact).orElse(MADE);
    return switch (request.source()) {
      case MNIST -> new IdxSource(request.input().orElseThrow().toString());
      case CIFAR10 -> new CifarSource(request.input().orElseThrow().toString());
      case IMAGES -> {
        ImageSize size = size(request);
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
      case WEBDATASET -> {
        ImageSize size = size(request);
        yield new WebDatasetSource(
            request.input().orElseThrow().toString(),
            size.height(),
            size.width(),
            request.channels().orElse(Channels.RGB));
      }
      case TABLE, NUMPY -> throw new IllegalArgumentException("needs a session: " + request);
    };
  }

  private static ImageSize size(ImportRequest request) {
    return request
        .size()
        .orElseThrow(
            () ->
                new DataException(
                    "--from %s needs --size HxW, for example 64x64".formatted(request.source())));
  }

  private static void refuse(ImportRequest request, Optional<?> given, String option) {
    if (given.isPresent()) {
      throw new DataException(
          request.source() == ImportRequest.Source.TABLE
              ? "--from table takes classes from a column: leave out --labels, and name it with --label"
              : "--from %1$s keeps the %2$s of its images: leave out --%2$s"
                  .formatted(request.source(), option));
    }
  }
}
