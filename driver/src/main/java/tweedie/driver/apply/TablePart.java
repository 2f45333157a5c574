package tweedie.driver.apply;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Map$;
import scala.runtime.AbstractFunction2;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;

/**
 * Writes the rows of a partition as a Parquet file, by Spark's own writer.
 *
 * @param out directory of the files
 */
record TablePart(
    OutputWriterFactory writers, StructType schema, SerializableConfiguration conf, String out)
    implements Serializable {

  static TablePart of(SparkSession session, StructType schema, Path out) throws IOException {
    Job job = Job.getInstance(session.sessionState().newHadoopConf());
    OutputWriterFactory writers =
        new ParquetFileFormat().prepareWrite(session, job, Map$.MODULE$.empty(), schema);
    return new TablePart(
        writers, schema, new SerializableConfiguration(job.getConfiguration()), out.toString());
  }

  /** The file of a partition. */
  static Path file(Path out, int partition) {
    return new Path(out, "part-%05d.parquet".formatted(partition));
  }

  /** The task that writes a partition and returns how many rows it has. */
  Function2<TaskContext, Iterator<InternalRow>, Object> task(LongAccumulator written) {
    return new Task(this, written);
  }

  private long write(int partition, Iterator<InternalRow> rows, LongAccumulator written)
      throws IOException {
    if (!rows.hasNext()) {
      return 0;
    }
    Configuration hadoop = conf.value();
    Path file = file(new Path(out), partition);
    FileSystem files = ResultFiles.of(file, hadoop);
    TaskAttemptContext context = new TaskAttemptContextImpl(hadoop, new TaskAttemptID());
    long[] count = {0};
    WholeFile.write(
        files,
        file,
        (Path beside) -> {
          OutputWriter writer = writers.newInstance(beside.toString(), schema, context);
          try {
            while (rows.hasNext()) {
              writer.write(rows.next());
              count[0]++;
              written.add(1);
            }
          } finally {
            writer.close();
          }
        });
    return count[0];
  }

  private static final class Task
      extends AbstractFunction2<TaskContext, Iterator<InternalRow>, Object>
      implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TablePart part;
    private final LongAccumulator written;

    Task(TablePart part, LongAccumulator written) {
      this.part = part;
      this.written = written;
    }

    @Override
    public Object apply(TaskContext context, Iterator<InternalRow> rows) {
      try {
        return part.write(context.partitionId(), rows, written);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
