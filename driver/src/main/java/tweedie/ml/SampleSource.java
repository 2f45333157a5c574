package tweedie.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.RelationProvider;
import org.apache.spark.sql.sources.TableScan;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.mutable.WrappedArray;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardColumns;
import tweedie.driver.model.BatchSize;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.sample.LooseChains;

/**
 * The data source {@code tweedie}: samples of a run as rows, which are drawn where they are read.
 *
 * <pre>
 *   CREATE TEMPORARY VIEW drawn USING tweedie OPTIONS (run 'runs/mnist', count 1000)
 * </pre>
 *
 * <p>Options: {@code run}, {@code count}; {@code checkpoint}, number of a round, best or newest;
 * {@code method}, {@code classes}, {@code seed} and any {@code tweedie.key}. The columns are those
 * of shards, with pixels as floats in the order [height, width, channel].
 */
public final class SampleSource implements RelationProvider, DataSourceRegister {

  /** Its name in SQL. */
  static final String NAME = "tweedie";

  private static final int MOST_BATCHES = 100_000;

  private static final Map<String, String> SHORT =
      Map.of(
          "method", "tweedie.sample.method",
          "classes", "tweedie.sample.classes",
          "seed", "tweedie.seed");

  @Override
  public String shortName() {
    return NAME;
  }

  @Override
  public BaseRelation createRelation(
      SQLContext context, scala.collection.immutable.Map<String, String> parameters) {
    Sessions.check(context.sparkSession());
    Map<String, String> options = JavaConverters.mapAsJavaMap(parameters);
    List<String> settings = new ArrayList<>();
    options.forEach(
        (key, value) -> {
          if (key.startsWith("tweedie.")) {
            settings.add(key + "=" + value);
          } else if (SHORT.containsKey(key)) {
            settings.add(SHORT.get(key) + "=" + value);
          }
        });
    JavaSparkContext spark =
        JavaSparkContext.fromSparkContext(context.sparkSession().sparkContext());
    try {
      LoadedRun run =
          LoadedRun.of(
              required(options, "run"),
              CheckpointChoice.named(options.getOrDefault("checkpoint", "newest")),
              settings,
              spark.hadoopConfiguration());
      LooseChains chains = LooseChains.of(spark, run.directory(), run.config(), run.checkpoint());
      int set = run.config().settings().sample().batchSize();
      int batch = BatchSize.chosen(set, spark, chains.model(), 1);
      return new Samples(context, chains, count(required(options, "count")), batch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String required(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new DataException(
          "The data source tweedie needs the options run, the directory of a run, and count, how many samples: there is no "
              + name);
    }
    return value;
  }

  private static long count(String text) {
    if (!text.matches("[1-9]\\d{0,9}")) {
      throw new DataException("count = %s is no positive number of samples".formatted(text));
    }
    return Long.parseLong(text);
  }

  /** Samples of chains 0..count-1. */
  private static final class Samples extends BaseRelation implements TableScan {

    private final SQLContext context;
    private final LooseChains chains;
    private final long count;
    private final int batch;

    Samples(SQLContext context, LooseChains chains, long count, int batch) {
      this.context = context;
      this.chains = chains;
      this.count = count;
      this.batch = (int) Math.max(batch, (count + MOST_BATCHES - 1) / MOST_BATCHES);
    }

    @Override
    public SQLContext sqlContext() {
      return context;
    }

    @Override
    public StructType schema() {
      return ShardColumns.ofFloats();
    }

    @Override
    public RDD<Row> buildScan() {
      JavaSparkContext spark =
          JavaSparkContext.fromSparkContext(context.sparkSession().sparkContext());
      List<Long> firsts = new ArrayList<>();
      for (long first = 0; first < count; first += batch) {
        firsts.add(first);
      }
      return spark
          .parallelize(firsts, firsts.size())
          .flatMap(new Draw(spark.broadcast(chains), count, batch))
          .rdd();
    }
  }

  /** The task that draws a batch. */
  private record Draw(Broadcast<LooseChains> chains, long count, int batch)
      implements FlatMapFunction<Long, Row> {

    @Override
    public Iterator<Row> call(Long first) {
      return chains.value().samples(first, Math.min(count, first + batch) - 1).stream()
          .map(Draw::row)
          .iterator();
    }

    private static Row row(LabeledImage image) {
      ImageShape shape = image.shape();
      return RowFactory.create(
          image.id(),
          image.label(),
          shape.height(),
          shape.width(),
          shape.channels(),
          WrappedArray.make(image.pixels()));
    }
  }
}
