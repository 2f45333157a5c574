package tweedie.driver.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Hadoop URIs that a person has given. */
public final class HadoopOutsideSpark {

  private HadoopOutsideSpark() {}

  /** How to reach them without a Spark session: with the spark.hadoop.* options of spark-submit. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }
}
