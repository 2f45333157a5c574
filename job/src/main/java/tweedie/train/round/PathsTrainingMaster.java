package tweedie.train.round;

import java.util.Collection;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * What dl4j-spark's training SPI asks for besides training a network of layers from the paths of
 * shards: nothing of it is used.
 */
abstract class PathsTrainingMaster
    implements TrainingMaster<WorkerResult, TrainingWorker<WorkerResult>> {

  @Override
  public String toYaml() {
    return toJson();
  }

  @Override
  public void executeTraining(SparkDl4jMultiLayer spark, JavaRDD<DataSet> data) {
    throw onlyPaths();
  }

  @Override
  public TrainingWorker<WorkerResult> getWorkerInstance(SparkDl4jMultiLayer spark) {
    throw onlyPaths();
  }

  @Override
  public TrainingWorker<WorkerResult> getWorkerInstance(SparkComputationGraph graph) {
    throw onlyPaths();
  }

  @Override
  public void executeTraining(SparkComputationGraph graph, JavaRDD<DataSet> data) {
    throw onlyPaths();
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> data) {
    throw onlyPaths();
  }

  private static UnsupportedOperationException onlyPaths() {
    return new UnsupportedOperationException(
        "Rounds are trained from the paths of shards (SparkDl4jMultiLayer.fitPaths): data sets in"
            + " an RDD would hold frozen noise");
  }

  @Override
  public void addHook(TrainingHook hook) {
    throw new UnsupportedOperationException(
        "Training hooks are not used; metrics.jsonl has what they would see");
  }

  @Override
  public void removeHook(TrainingHook hook) {
    // there are none
  }

  @Override
  public void setCollectTrainingStats(boolean collect) {
    if (collect) {
      throw new UnsupportedOperationException(
          "dl4j-spark's statistics ask the internet for the time; metrics.jsonl has the times of"
              + " every round");
    }
  }

  @Override
  public boolean getIsCollectTrainingStats() {
    return false;
  }

  @Override
  public SparkTrainingStats getTrainingStats() {
    return null;
  }

  @Override
  public void setListeners(Collection<TrainingListener> listeners) {
    // called by SparkDl4jMultiLayer with no listeners
  }

  @Override
  public void setListeners(StatsStorageRouter router, Collection<TrainingListener> listeners) {
    // called by SparkDl4jMultiLayer with no listeners
  }

  @Override
  public boolean deleteTempFiles(JavaSparkContext spark) {
    return true;
  }

  @Override
  public boolean deleteTempFiles(SparkContext spark) {
    return true;
  }
}
