package tweedie.driver;

import org.apache.hadoop.fs.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A Hadoop path on the command line. */
final class Uri implements ITypeConverter<Path> {

  @Override
  public Path convert(String text) {
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is not a URI: " + e.getMessage());
    }
  }
}
