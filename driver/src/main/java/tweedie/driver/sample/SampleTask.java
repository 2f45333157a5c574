package tweedie.driver.sample;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.driver.model.RunModel;

/**
 * What all tasks that draw samples share.
 *
 * @param directory of the samples
 * @param columns what the files say of every image besides
 * @param threads of native operations
 * @param walked counts what the chains have done, in the unit of the drawing
 * @param called counts the calls of the denoiser, once for each chain
 */
record SampleTask(
    Broadcast<RunModel> model,
    long seed,
    String directory,
    Map<String, ?> columns,
    int threads,
    LongAccumulator walked,
    LongAccumulator called)
    implements Serializable {}
