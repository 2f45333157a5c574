package tweedie.data.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/**
 * What a shard says of itself.
 *
 * @param shape of the images; null where there is none
 * @param labels null where there is no image, or the footer does not say it
 */
record ShardFooter(ImageShape shape, boolean eightBit, long images, LabelRange labels) {

  static ShardFooter read(FileStatus file, Configuration conf) {
    ParquetMetadata metadata;
    try (ParquetFileReader reader = ParquetFileReader.open(ShardFile.of(file.getPath(), conf))) {
      metadata = reader.getFooter();
    } catch (IOException | RuntimeException e) {
      throw new DataException(file.getPath() + " cannot be read: " + e.getMessage(), e);
    }
    MessageType schema = metadata.getFileMetaData().getSchema();
    ShardColumns.check(file.getPath(), schema);
    long images = metadata.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
    if (images == 0) {
      return new ShardFooter(null, false, 0, null);
    }
    return new ShardFooter(
        shape(file, metadata),
        schema.getType(ShardColumns.PIXELS).isPrimitive(),
        images,
        labels(metadata));
  }

  private static ImageShape shape(FileStatus file, ParquetMetadata metadata) {
    int height = only(file, metadata, ShardColumns.HEIGHT);
    int width = only(file, metadata, ShardColumns.WIDTH);
    int channels = only(file, metadata, ShardColumns.CHANNELS);
    try {
      return new ImageShape(height, width, channels);
    } catch (IllegalArgumentException e) {
      throw new DataException(file.getPath() + " is damaged: " + e.getMessage(), e);
    }
  }

  /** The value that all rows have in {@code column}. */
  private static int only(FileStatus file, ParquetMetadata metadata, String column) {
    Integer value = null;
    for (Statistics<?> statistics : statistics(metadata, column)) {
      if (!(statistics instanceof IntStatistics ints) || !ints.hasNonNullValue()) {
        throw new DataException(
            file.getPath() + " has no statistics of the column " + column + " in its footer");
      }
      if (statistics.getNumNulls() > 0) {
        throw new DataException(
            "%s has no %s in %d rows".formatted(file.getPath(), column, statistics.getNumNulls()));
      }
      if (ints.getMin() != ints.getMax() || value != null && value != ints.getMin()) {
        throw new DataException(
            String.format(
                "%s holds images that differ in %s: %d and %d",
                file.getPath(), column, value == null ? ints.getMin() : value, ints.getMax()));
      }
      value = ints.getMin();
    }
    return value;
  }

  private static LabelRange labels(ParquetMetadata metadata) {
    LabelRange all = null;
    for (Statistics<?> statistics : statistics(metadata, ShardColumns.LABEL)) {
      if (!(statistics instanceof IntStatistics labels)
          || !labels.hasNonNullValue()
          || labels.getNumNulls() > 0) {
        return null;
      }
      LabelRange range = new LabelRange(labels.getMin(), labels.getMax());
      all = all == null ? range : all.and(range);
    }
    return all;
  }

  /** What each row group says of a column. */
  private static List<Statistics<?>> statistics(ParquetMetadata metadata, String column) {
    List<Statistics<?>> statistics = new ArrayList<>();
    for (BlockMetaData block : metadata.getBlocks()) {
      for (ColumnChunkMetaData chunk : block.getColumns()) {
        if (chunk.getPath().toDotString().equals(column)) {
          statistics.add(chunk.getStatistics());
        }
      }
    }
    return statistics;
  }

  @Override
  public String toString() {
    return ShardedImages.kind(shape, eightBit);
  }
}
