package tweedie.driver.study;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.device.TaskResources;

/**
 * Does one training of a study in a task and writes its result, so that what is done is kept
 * whatever becomes of the others.
 *
 * @param progress counts images
 */
record StudyTask(LongAccumulator progress) implements VoidFunction<StudyTask.Planned> {

  /**
   * A training to do.
   *
   * @param file URI of its result
   */
  record Planned(StudyTraining training, String file) implements java.io.Serializable {}

  @Override
  public void call(Planned planned) throws IOException {
    TaskResources.take(planned.training().settings().threadsPerWorker());
    Configuration conf = TaskResources.hadoop();
    StudyResult result = planned.training().run(conf, progress);
    Path file = new Path(planned.file());
    FileSystem files = ResultFiles.of(file, conf);
    WholeFile.write(files, file, result.toJson());
  }
}
