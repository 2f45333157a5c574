package tweedie.data.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.SourceImage;

/** Images first..end-1 of a source that draws each image by its number. */
record DrawnRange(String kind, long first, long end, Draw draw) implements ImageSource.Part {

  private static final long LARGEST = 1000;

  /** Draws the image of a number. */
  interface Draw extends LongFunction<SourceImage>, Serializable {}

  /** The images 0..count-1 in ranges that tasks can share. */
  static List<ImageSource.Part> split(long count, String kind, Draw draw) {
    List<ImageSource.Part> ranges = new ArrayList<>();
    for (long first = 0; first < count; first += LARGEST) {
      ranges.add(new DrawnRange(kind, first, Math.min(count, first + LARGEST), draw));
    }
    return ranges;
  }

  @Override
  public String name() {
    return kind + " " + first + " to " + (end - 1);
  }

  @Override
  public long atLeast() {
    return end - first;
  }

  @Override
  public ImageSource.Images open(Configuration conf) {
    PrimitiveIterator.OfLong ids = LongStream.range(first, end).iterator();
    return () -> ids.hasNext() ? draw.apply(ids.nextLong()) : null;
  }
}
