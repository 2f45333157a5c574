package tweedie.driver.imports;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.source.ImageSource;

/**
 * The images of some parts of a source, read one at a time; a damaged part ends in its damage, or,
 * where images stand alone, goes on behind it.
 */
final class PartImages implements Iterator<PartImages.Item> {

  /** A part of the source, by its place among all. */
  record NumberedPart(int number, ImageSource.Part part) implements Serializable {}

  /**
   * An image of a part, or what is wrong with the part, as its last item, or with an image of it.
   */
  record Item(int part, long index, SourceImage image, String damage) implements Serializable {}

  /**
   * How many images a part has.
   *
   * @param damages the first things that are wrong with it or with images of it
   * @param damaged how many there are
   */
  record PartCount(int part, long images, ImageShape shape, List<String> damages, long damaged)
      implements Serializable {

    PartCount and(Item item) {
      if (item.damage == null) {
        return new PartCount(part, item.index + 1, item.image.shape(), damages, damaged);
      }
      List<String> more = new ArrayList<>(damages);
      if (more.size() < Import.LISTED) {
        more.add(item.damage);
      }
      return new PartCount(part, images, shape, more, damaged + 1);
    }
  }

  /**
   * The task that reads parts.
   *
   * @param goOn whether images behind a damaged one are read
   * @param read counts the images
   */
  record Read(Broadcast<SerializableConfiguration> conf, boolean goOn, LongAccumulator read)
      implements FlatMapFunction<Iterator<NumberedPart>, Item> {

    @Override
    public Iterator<Item> call(Iterator<NumberedPart> parts) {
      PartImages images = new PartImages(parts, conf.value().value(), goOn, read);
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> images.close());
      return images;
    }
  }

  /** The task that counts the images of each part. */
  record Count() implements FlatMapFunction<Iterator<Item>, PartCount> {

    @Override
    public Iterator<PartCount> call(Iterator<Item> items) {
      List<PartCount> counts = new ArrayList<>();
      PartCount count = null;
      while (items.hasNext()) {
        Item item = items.next();
        if (count == null || count.part != item.part) {
          if (count != null) {
            counts.add(count);
          }
          count = new PartCount(item.part, 0, null, List.of(), 0);
        }
        count = count.and(item);
      }
      if (count != null) {
        counts.add(count);
      }
      return counts.iterator();
    }
  }

  private final Iterator<NumberedPart> parts;
  private final Configuration conf;
  private final boolean goOn;
  private final LongAccumulator read;
  private NumberedPart part;
  private ImageSource.Images images;
  private long index;
  private Item next;

  private PartImages(
      Iterator<NumberedPart> parts, Configuration conf, boolean goOn, LongAccumulator read) {
    this.parts = parts;
    this.conf = conf;
    this.goOn = goOn;
    this.read = read;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (images != null || parts.hasNext())) {
        advance();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(part.part.name() + " cannot be read: " + e.getMessage(), e);
    }
    return next != null;
  }

  private void advance() throws IOException {
    if (images == null) {
      part = parts.next();
      index = 0;
    }
    try {
      if (images == null) {
        images = part.part.open(conf);
      }
      SourceImage image = images.next();
      if (image != null) {
        next = new Item(part.number, index++, image, null);
        read.add(1);
        return;
      }
    } catch (DataException e) {
      next = new Item(part.number, index, null, e.getMessage());
      if (goOn && images != null) {
        return;
      }
    } catch (FileNotFoundException | AccessControlException e) {
      next = damage("cannot be read: " + e.getMessage());
    } catch (RuntimeException e) { // a reader's, of what it did not expect
      next = damage("is damaged: " + e);
    }
    close();
  }

  private Item damage(String what) {
    return new Item(part.number, index, null, part.part.name() + " " + what);
  }

  @Override
  public Item next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Item item = next;
    next = null;
    return item;
  }

  private void close() {
    if (images != null) {
      try {
        images.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        images = null;
      }
    }
  }
}
