package tweedie.train.round;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/** RDDs whose tasks Spark sends to the machines that hold their data, where these are free. */
final class LocatedRdd {

  private LocatedRdd() {}

  /**
   * An RDD with one partition for each element.
   *
   * @param content what the partition holds, serializable
   * @param hosts machines that are near to it; none if all are alike
   */
  static <T, C> JavaRDD<C> rdd(
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
}
