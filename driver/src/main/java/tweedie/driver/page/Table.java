package tweedie.driver.page;

import java.util.List;

/**
 * A table.
 *
 * @param header of the columns
 * @param rows as many cells each
 */
public record Table(List<String> header, List<List<String>> rows) {

  /**
   * @throws IllegalArgumentException if a row is not as long as the header
   */
  public Table {
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(
            "A table of %d columns has a row of %d".formatted(header.size(), row.size()));
      }
    }
  }
}
