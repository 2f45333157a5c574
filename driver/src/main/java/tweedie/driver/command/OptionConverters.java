package tweedie.driver.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.PixelRange;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.LabelFile;
import tweedie.data.source.PictureLabels;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.table.ImageSize;
import tweedie.train.AverageProfile;

/** Reads the values of options. */
final class OptionConverters {

  private static final Pattern RANGE = Pattern.compile("(-?[\\d.]{1,30}):(-?[\\d.]{1,30})");

  private OptionConverters() {}

  /** What a text means, where that is said by what it names. */
  private static <T> T read(String text, Function<String, T> meaning) {
    try {
      return meaning.apply(text);
    } catch (DataException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  static Path uri(String text) {
    return read(text, FileSystems::path);
  }

  static ImageSize size(String text) {
    return read(text, ImageSize::of);
  }

  static PixelRange range(String text) {
    Matcher ends = RANGE.matcher(text);
    try {
      if (ends.matches()) {
        return new PixelRange(Float.parseFloat(ends.group(1)), Float.parseFloat(ends.group(2)));
      }
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'%s': %s".formatted(text, e.getMessage()));
    }
    throw new TypeConversionException(
        "'" + text + "' is no range; give what black and white are, such as 0:255");
  }

  static PictureLabels labels(String text) {
    return switch (text) {
      case "folders" -> FolderLabels.ALWAYS;
      case "none" -> FolderLabels.NEVER;
      default -> {
        if (!text.toLowerCase(Locale.ROOT).endsWith(".csv")) {
          throw new TypeConversionException(
              "'" + text + "' is neither folders, none nor a file named *.csv");
        }
        yield new LabelFile(uri(text).toString());
      }
    };
  }

  /** The length of a moving average of the weights. */
  static final class AverageLength implements ITypeConverter<Double> {

    @Override
    public Double convert(String text) {
      try {
        double length = Double.parseDouble(text);
        AverageProfile.exponent(length);
        return length;
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is no number, such as 0.1");
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static CheckpointChoice checkpoint(String text) {
    return read(text, CheckpointChoice::named);
  }

  /** Reads the name of one of these values. */
  static <T> ITypeConverter<T> oneOf(T[] values) {
    return text ->
        Arrays.stream(values)
            .filter(value -> value.toString().equals(text))
            .findFirst()
            .orElseThrow(
                () ->
                    new TypeConversionException(
                        "'" + text + "' is not one of " + Arrays.toString(values)));
  }
}
