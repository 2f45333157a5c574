package tweedie.data.shard;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A file that Parquet writes on this file system: its {@link HadoopOutputFile} takes the one that
 * Hadoop keeps for the whole process.
 */
record ShardFile(FileSystem files, Path path) implements OutputFile {

  private static final int BUFFER = 4096;

  @Override
  public PositionOutputStream create(long blockSize) throws IOException {
    return create(blockSize, false);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
    return create(blockSize, true);
  }

  private PositionOutputStream create(long blockSize, boolean overwrite) throws IOException {
    return HadoopStreams.wrap(
        files.create(
            path,
            overwrite,
            BUFFER,
            files.getDefaultReplication(path),
            Math.max(files.getDefaultBlockSize(path), blockSize)));
  }

  @Override
  public boolean supportsBlockSize() {
    return HadoopOutputFile.getBlockFileSystems().contains(files.getUri().getScheme());
  }

  @Override
  public long defaultBlockSize() {
    return files.getDefaultBlockSize(path);
  }

  @Override
  public String getPath() {
    return path.toString();
  }
}
