package tweedie.ml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import scala.collection.mutable.WrappedArray;
import tweedie.data.DataException;
import tweedie.driver.model.RunModel;
import tweedie.driver.table.RowImages;
import tweedie.driver.table.RowName;
import tweedie.network.engine.Engines;
import tweedie.score.DifferentiableDenoiser;

/**
 * The task that adds columns to the rows of a partition, some rows at a time, with the model that
 * its process has loaded once.
 *
 * @param size rows that the model looks at together
 * @param threads of native operations
 */
record AddedColumns(
    Broadcast<RunModel> model,
    List<ImageFunction> functions,
    RowImages images,
    RowName names,
    RowNumbers numbers,
    Invalid invalid,
    long seed,
    int size,
    int threads,
    TableCounts counts)
    implements MapPartitionsFunction<Row, Row> {

  /** What becomes of rows whose image cannot be read, in Spark ML's words. */
  enum Invalid {
    /** The job fails. */
    ERROR,
    /** They are left out. */
    SKIP,
    /** Their columns are null. */
    KEEP;

    /**
     * What a word means.
     *
     * @throws DataException if it means nothing
     */
    static Invalid of(String word) {
      return switch (word) {
        case "error" -> ERROR;
        case "skip" -> SKIP;
        case "keep" -> KEEP;
        default ->
            throw new DataException(
                "handleInvalid = %s must be error, skip or keep".formatted(word));
      };
    }
  }

  /** A row that was read; without copies where its image cannot be. */
  private record Taken(Row row, long id, double[] copies, double sigma) {}

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Engines.take(threads);
    DifferentiableDenoiser denoiser = model.value().differentiable();
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> denoiser.close());
    return new Added(denoiser, rows, TaskContext.getPartitionId());
  }

  private final class Added implements Iterator<Row> {

    private final DifferentiableDenoiser denoiser;
    private final Iterator<Row> rows;
    private final int partition;
    private final boolean noisy = functions.stream().anyMatch(ImageFunction::ofNoisy);
    private final Deque<Row> done = new ArrayDeque<>();
    private long place;

    Added(DifferentiableDenoiser denoiser, Iterator<Row> rows, int partition) {
      this.denoiser = denoiser;
      this.rows = rows;
      this.partition = partition;
    }

    @Override
    public boolean hasNext() {
      while (done.isEmpty() && rows.hasNext()) {
        compute();
      }
      return !done.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return done.poll();
    }

    private void compute() {
      List<Taken> taken = new ArrayList<>();
      while (taken.size() < size && rows.hasNext()) {
        Taken row = taken(rows.next());
        if (row.copies == null) {
          counts.invalid().add(1);
        }
        if (row.copies != null || invalid == Invalid.KEEP) {
          taken.add(row);
        }
      }
      List<Taken> good = taken.stream().filter(row -> row.copies != null).toList();
      Iterator<Object[]> values = values(good).iterator();
      for (Taken row : taken) {
        done.add(extended(row.row, row.copies == null ? nulls() : values.next()));
      }
    }

    private Taken taken(Row row) {
      String name = names.of(row, partition, place);
      long id = numbers.id(row, name, partition, place++);
      try {
        double sigma = noisy ? numbers.sigma(row, name) : Double.NaN;
        RowImages.Copies copies = images.copies(row, name);
        counts.converted().add(copies.converted() ? 1 : 0);
        return new Taken(row, id, copies.pixels(), sigma);
      } catch (DataException e) {
        if (invalid == Invalid.ERROR) {
          throw e;
        }
        return new Taken(row, id, null, Double.NaN);
      }
    }

    private List<Object[]> values(List<Taken> good) {
      if (good.isEmpty()) {
        return List.of();
      }
      ImageBatch batch =
          new ImageBatch(
              images.shape(),
              seed,
              good.stream().mapToLong(Taken::id).toArray(),
              good.stream().map(Taken::copies).toList(),
              good.stream().mapToDouble(Taken::sigma).toArray());
      List<Object[][]> ofFunctions =
          functions.stream().map(function -> function.of(denoiser, batch)).toList();
      List<Object[]> all = new ArrayList<>();
      for (int i = 0; i < good.size(); i++) {
        List<Object> values = new ArrayList<>();
        for (Object[][] of : ofFunctions) {
          values.addAll(Arrays.asList(of[i]));
        }
        all.add(values.toArray());
      }
      return all;
    }

    private Object[] nulls() {
      return new Object[functions.stream().mapToInt(function -> function.fields().size()).sum()];
    }
  }

  private static Row extended(Row row, Object[] added) {
    Object[] values = new Object[row.size() + added.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    for (int i = 0; i < added.length; i++) {
      boolean array = added[i] instanceof float[] || added[i] instanceof double[];
      values[row.size() + i] = array ? WrappedArray.make(added[i]) : added[i]; // as Spark has them
    }
    return RowFactory.create(values);
  }
}
