package tweedie.ml;

import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import tweedie.data.DataException;
import tweedie.driver.table.Columns;

/**
 * The mean of the column {@code bits} that a {@link ScoreModel} has added to held-out images: by it
 * a {@code CrossValidator} chooses, the less the better.
 */
public final class BitsEvaluator extends Evaluator {

  private static final long serialVersionUID = 1L;
  private static final String BITS = "bits";

  private final String uid = Identifiable.randomUID("bitsEvaluator");

  @Override
  public String uid() {
    return uid;
  }

  /**
   * Bits per dimension, mean over the rows that have any.
   *
   * @throws DataException if none has
   */
  @Override
  public double evaluate(Dataset<?> images) {
    Columns.require(images.schema(), BITS);
    Row mean = images.agg(functions.avg(BITS)).head();
    if (mean.isNullAt(0)) {
      throw new DataException("No row has bits");
    }
    return mean.getDouble(0);
  }

  @Override
  public boolean isLargerBetter() {
    return false;
  }

  @Override
  public BitsEvaluator copy(ParamMap extra) {
    return (BitsEvaluator) defaultCopy(extra);
  }
}
