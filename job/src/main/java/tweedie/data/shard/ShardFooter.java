package tweedie.data.shard;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/** What a shard says of itself; the shape of an empty one is null. */
record ShardFooter(ImageShape shape, boolean eightBit, long images) {

  static ShardFooter read(FileStatus file, Configuration conf) {
    ParquetMetadata metadata;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))) {
      metadata = reader.getFooter();
    } catch (IOException | RuntimeException e) {
      throw new DataException(file.getPath() + " cannot be read: " + e.getMessage(), e);
    }
    MessageType schema = metadata.getFileMetaData().getSchema();
    for (String column : ShardColumns.ofBytes().fieldNames()) {
      if (!schema.containsField(column)) {
        throw new DataException(file.getPath() + " has no column " + column);
      }
    }
    long images = metadata.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
    if (images == 0) {
      return new ShardFooter(null, false, 0);
    }
    ImageShape shape =
        new ImageShape(
            only(file, metadata, ShardColumns.HEIGHT),
            only(file, metadata, ShardColumns.WIDTH),
            only(file, metadata, ShardColumns.CHANNELS));
    return new ShardFooter(shape, schema.getType(ShardColumns.PIXELS).isPrimitive(), images);
  }

  /** The value that all rows have in {@code column}, from the statistics of the row groups. */
  private static int only(FileStatus file, ParquetMetadata metadata, String column) {
    Integer value = null;
    for (BlockMetaData block : metadata.getBlocks()) {
      for (ColumnChunkMetaData chunk : block.getColumns()) {
        if (!chunk.getPath().toDotString().equals(column)) {
          continue;
        }
        Statistics<?> statistics = chunk.getStatistics();
        if (!(statistics instanceof IntStatistics ints) || !ints.hasNonNullValue()) {
          throw new DataException(
              file.getPath() + " has no statistics of the column " + column + " in its footer");
        }
        if (ints.getMin() != ints.getMax() || value != null && value != ints.getMin()) {
          throw new DataException(
              String.format(
                  "%s holds images that differ in %s: %d and %d",
                  file.getPath(), column, value == null ? ints.getMin() : value, ints.getMax()));
        }
        value = ints.getMin();
      }
    }
    return value;
  }

  @Override
  public String toString() {
    return (eightBit ? "8-bit images of " : "floats of ") + shape;
  }
}
