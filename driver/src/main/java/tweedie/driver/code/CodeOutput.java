package tweedie.driver.code;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.sample.picture.ImageGrid;

/**
 * A directory of shards or a .npz file that is there whole or not at all. Tasks write shards aside;
 * closed before it is done, it leaves nothing.
 *
 * @param aside where tasks write
 */
record CodeOutput(FileSystem files, Path out, Path aside, Configuration hadoop)
    implements Closeable {

  private static final int IMAGES_IN_GRID = 100;
  private static final int SCALE = 2;

  /**
   * The output that a person has named.
   *
   * @throws tweedie.data.DataException if it is there, or cannot be written
   */
  static CodeOutput at(Path given, Configuration hadoop) {
    FileSystem files = ResultFiles.of(given, hadoop);
    Path out = files.makeQualified(given);
    WholeFile.requireNew(files, out, isFile(out) ? "file" : "directory");
    return new CodeOutput(files, out, WholeFile.aside(out), hadoop);
  }

  /** Whether an output is one file. */
  static boolean isFile(Path out) {
    return out.getName().endsWith(".npz");
  }

  /** Puts a picture of the first images beside the shards. */
  void drawGrid(ImageShape shape) throws IOException {
    List<double[]> first = new ArrayList<>();
    for (Shard shard : ShardedData.open(aside, hadoop).shards()) {
      try (ShardReader reader = ShardReader.open(shard, hadoop)) {
        while (reader.hasNext() && first.size() < IMAGES_IN_GRID) {
          first.add(ImageRows.doubles(reader.next().pixels()));
        }
      }
    }
    byte[] png = new ImageGrid(shape, SCALE).png(ImageRows.joined(first));
    WholeFile.write(files, new Path(aside, "grid.png"), png);
  }

  /**
   * Makes the output of the shards.
   *
   * @param array how their values are called in a .npz file
   */
  void finish(String array) throws IOException {
    if (!isFile(out)) {
      FileContext.getFileContext(out.toUri(), hadoop).rename(aside, out);
      return;
    }
    ShardedData data = ShardedData.open(aside, hadoop);
    WholeFile.write(
        files,
        out,
        (Path beside) -> {
          try (NpzWriter npz = new NpzWriter(files.create(beside, false))) {
            npz.begin(array, header(data.images(), data.shape()));
            forEach(data, image -> npz.write(image.pixels()));
            npz.begin("ids", NpyHeader.of(Type.INT64, data.images()));
            forEach(data, image -> npz.write(new long[] {image.id()}));
            npz.begin("labels", NpyHeader.of(Type.INT64, data.images()));
            forEach(data, image -> npz.write(new long[] {image.label()}));
          }
        });
  }

  /** The header of n images; points have one axis. */
  static NpyHeader header(long n, ImageShape shape) {
    return shape.vector()
        ? NpyHeader.of(Type.FLOAT32, n, shape.channels())
        : NpyHeader.of(Type.FLOAT32, n, shape.height(), shape.width(), shape.channels());
  }

  private interface ImageWriter {
    void write(LabeledImage image) throws IOException;
  }

  /** One part after another, which are in the order of their images. */
  private void forEach(ShardedData data, ImageWriter writer) throws IOException {
    for (Shard shard : data.shards()) {
      try (ShardReader reader = ShardReader.open(shard, hadoop)) {
        while (reader.hasNext()) {
          writer.write(reader.next());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    files.delete(aside, true);
  }
}
