package tweedie.data.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.TaskCompletionListener;
import scala.Option;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;
import tweedie.data.LabeledImage;
import tweedie.device.TaskResources;

/** RDDs with a partition for each shard, and what is made of them. */
public final class ShardRdd {

  private ShardRdd() {}

  /**
   * An RDD with one partition for each element, whose task Spark sends to the machines that hold
   * its data, where these are free.
   *
   * @param content what the partition holds, serializable
   * @param hosts machines that are near to it; none if all are alike
   */
  public static <T, C> JavaRDD<C> located(
      JavaSparkContext spark,
      List<T> elements,
      Function<T, C> content,
      Function<T, List<String>> hosts) {
    List<Tuple2<C, Seq<String>>> located = new ArrayList<>();
    for (T element : elements) {
      located.add(new Tuple2<>(content.apply(element), scala(hosts.apply(element))));
    }
    return spark.sc().makeRDD(scala(located), ClassTag$.MODULE$.<C>apply(Object.class)).toJavaRDD();
  }

  private static <T> Seq<T> scala(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toList();
  }

  /** The images of files, a partition for each file, one image after the other. */
  public static JavaRDD<LabeledImage> read(JavaSparkContext spark, List<Shard> shards) {
    return located(spark, shards, shard -> shard, Shard::hosts).flatMap(new Read());
  }

  /**
   * The same with a partition for each group of partitions, in order; nothing is moved for it.
   *
   * @param groups numbers of the partitions that come together
   */
  public static <T> JavaRDD<T> grouped(JavaRDD<T> rdd, int[][] groups) {
    return rdd.rdd()
        .coalesce(groups.length, false, Option.apply(new Grouping(groups)), null)
        .toJavaRDD();
  }

  /** Opens a file in a task. */
  private record Read() implements FlatMapFunction<Shard, LabeledImage> {

    @Override
    public Iterator<LabeledImage> call(Shard shard) {
      try {
        ShardReader reader = ShardReader.open(shard, TaskResources.hadoop());
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close(reader));
        return reader;
      } catch (IOException e) {
        throw new UncheckedIOException(shard.path() + " cannot be read: " + e.getMessage(), e);
      }
    }

    private static void close(ShardReader reader) {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Spark insists on Scala's kind of serializable. */
  private record Grouping(int[][] groups) implements PartitionCoalescer, scala.Serializable {

    @Override
    public PartitionGroup[] coalesce(int most, RDD<?> rdd) {
      PartitionGroup[] grouped = new PartitionGroup[groups.length];
      for (int i = 0; i < grouped.length; i++) {
        grouped[i] = new PartitionGroup(Option.empty());
        for (int number : groups[i]) {
          grouped[i].partitions().$plus$eq(rdd.partitions()[number]);
        }
      }
      return grouped;
    }
  }
}
