package tweedie.data.source;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.Causes;
import tweedie.data.DataException;
import tweedie.data.InputFiles;
import tweedie.data.picture.PictureDecoder;

/**
 * Labels from a file of comma-separated values in UTF-8: rows of a picture's path below the input
 * and the name of its class. Classes are the names of all rows, so that files of one data set's
 * parts number them alike where they list the same. A first row that names no picture, by the name
 * either, is the header.
 *
 * @param file Hadoop URI
 */
public record LabelFile(String file) implements PictureLabels {

  private static final Logger LOG = LoggerFactory.getLogger(LabelFile.class);

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  @Override
  public PictureClasses of(String folder, List<String> pictures, Configuration conf)
      throws IOException {
    Map<String, String> rows = rows(conf);
    Set<String> others = new LinkedHashSet<>(rows.keySet());
    pictures.forEach(others::remove);
    rows.keySet().stream()
        .findFirst()
        .filter(path -> others.contains(path) && !PictureDecoder.isPicture(path))
        .ifPresent(
            header -> {
              others.remove(header);
              rows.remove(header);
            });
    List<String> missing = pictures.stream().filter(path -> !rows.containsKey(path)).toList();
    if (!missing.isEmpty()) {
      throw new DataException(
          "%s has no row for %d of the %d pictures of %s, the first is %s; give all of them a label"
              .formatted(file, missing.size(), pictures.size(), folder, missing.get(0)));
    }
    if (!others.isEmpty()) {
      LOG.warn(
          "Rows of {} that name no picture of {}: {} of {}, the first names {}",
          file,
          folder,
          others.size(),
          rows.size(),
          others.iterator().next());
    }
    return PictureClasses.of(rows.values(), pictures.stream().map(rows::get).toList());
  }

  /** The names of classes by path, in the order of the file. */
  private Map<String, String> rows(Configuration conf) throws IOException {
    if (!InputFiles.status(file, conf).isFile()) {
      throw new DataException(file + " is a directory; --labels takes a file of path,label");
    }
    Map<String, String> rows = new LinkedHashMap<>();
    for (String[] row : parse(conf)) {
      if (row.length != 2 || row[0] == null || row[1] == null) {
        List<String> values = new ArrayList<>();
        for (String value : row) {
          values.add(value == null ? "" : value);
        }
        throw new DataException(
            "%s has the row '%s'; each has two values, path,label"
                .formatted(file, String.join(",", values)));
      }
      if (rows.put(row[0].replaceFirst("^(\\./)+", ""), row[1]) != null) {
        throw new DataException("%s has two rows for %s; leave one".formatted(file, row[0]));
      }
    }
    return rows;
  }

  private List<String[]> parse(Configuration conf) throws IOException {
    CsvParserSettings settings = new CsvParserSettings();
    settings.setLineSeparatorDetectionEnabled(true);
    settings.setReadInputOnSeparateThread(false);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    settings.getFormat().setComment('\0'); // otherwise names may not begin with #
    try (Reader text =
        new BufferedReader(
            new InputStreamReader(
                InputFiles.open(file, conf), StandardCharsets.UTF_8.newDecoder()))) {
      text.mark(1);
      if (text.read() != BYTE_ORDER_MARK) {
        text.reset();
      }
      return new CsvParser(settings).parseAll(text);
    } catch (CharacterCodingException e) {
      throw new DataException(file + " is not in UTF-8", e);
    } catch (TextParsingException e) {
      throw new DataException(
          "%s cannot be read as comma-separated values at line %d: %s"
              .formatted(
                  file,
                  e.getLineIndex() + 1,
                  Causes.firstLine(e.getMessage()).replaceFirst("^\\S+Exception - ", "")),
          e);
    }
  }
}
