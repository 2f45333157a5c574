package tweedie.driver.imports;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.driver.imports.PartImages.Item;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.table.LabelColumn;
import tweedie.driver.table.RowImages;
import tweedie.driver.table.RowName;
import tweedie.driver.table.TableImages;

/** The images of a table; a part is one of its partitions. */
public record TableIntake(TableImages table) implements Intake {

  @Override
  public boolean eightBit() {
    return table.images().stored() == RowImages.Stored.BYTES;
  }

  @Override
  public Opened open(JavaSparkContext spark, CountedJob job, LongAccumulator read, Take take) {
    LongAccumulator converted = spark.sc().longAccumulator("images converted");
    JavaRDD<Row> rows = table.rows().javaRDD();
    JavaRDD<Item> items =
        rows.mapPartitionsWithIndex(
            new Read(
                table.images(),
                table.labels(),
                table.names(),
                take.most(),
                take.damaged(),
                read,
                converted),
            true);
    return new Opened(
        items,
        rows.getNumPartitions(),
        Unit.IMAGE,
        0,
        table.labels().classes(),
        List.of(),
        List.of(),
        converted::value);
  }

  /**
   * The task that makes images of the rows of a partition.
   *
   * @param most images of a partition that can be wanted
   */
  private record Read(
      RowImages images,
      LabelColumn labels,
      RowName names,
      long most,
      Import.Damaged damaged,
      LongAccumulator read,
      LongAccumulator converted)
      implements Function2<Integer, Iterator<Row>, Iterator<Item>> {

    @Override
    public Iterator<Item> call(Integer partition, Iterator<Row> rows) {
      return new Iterator<>() {
        private long place;
        private long index;
        private boolean spoiled;

        @Override
        public boolean hasNext() {
          return !spoiled && index < most && rows.hasNext();
        }

        @Override
        public Item next() {
          Row row = rows.next();
          String name = names.of(row, partition, place++);
          try {
            RowImages.Read image = images.image(row, name, labels.label(row, name));
            read.add(1);
            converted.add(image.converted() ? 1 : 0);
            return new Item(partition, index++, image.image(), null);
          } catch (DataException e) {
            spoiled = damaged == Import.Damaged.REFUSE;
            return new Item(partition, index, null, e.getMessage());
          }
        }
      };
    }
  }
}
