package tweedie.driver.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import tweedie.data.DataException;
import tweedie.data.FileSystems;

/** Hadoop URIs that a person has given. */
public final class Uris {

  private Uris() {}

  /** How to reach them without a Spark session: with the spark.hadoop.* options of spark-submit. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * The file system of {@code path}.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem fileSystem(Path path, Configuration conf) {
    return FileSystems.of(path, conf);
  }
}
