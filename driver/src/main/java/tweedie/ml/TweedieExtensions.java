package tweedie.ml;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import scala.Function1;
import scala.Tuple3;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;
import tweedie.data.DataException;

/**
 * Functions in SQL, with {@code spark.sql.extensions=tweedie.ml.TweedieExtensions}:
 *
 * <ul>
 *   <li>{@code tweedie_denoise(run, image, sigma)}: the posterior mean, array of float
 *   <li>{@code tweedie_bits(run, image)}: bits per dimension, double
 *   <li>{@code tweedie_score_norms(run, image)}: norms of the score, array of double
 * </ul>
 *
 * <p>An image is the content of a picture file, Spark's image struct, or an array of numbers. They
 * look at one image at a time; {@link ScoreModel} and the command {@code apply} at many together.
 */
public final class TweedieExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    inject(
        extensions,
        "tweedie_denoise",
        "run, image, sigma",
        "The posterior mean of an image with noise under the model of a run.",
        functions.udf(new RunFunctions.Denoise(), ImageFunction.FLOATS),
        3);
    inject(
        extensions,
        "tweedie_bits",
        "run, image",
        "Bits per dimension of an image under the model of a run.",
        functions.udf(new RunFunctions.Bits(), DataTypes.DoubleType),
        2);
    inject(
        extensions,
        "tweedie_score_norms",
        "run, image",
        "Norms of the score at an image under the model of a run, over its noise levels.",
        functions.udf(new RunFunctions.ScoreNorms(), ImageFunction.DOUBLES),
        2);
    return BoxedUnit.UNIT;
  }

  private static void inject(
      SparkSessionExtensions extensions,
      String name,
      String arguments,
      String usage,
      UserDefinedFunction function,
      int count) {
    Function1<Seq<Expression>, Expression> builder = new Builder(name, arguments, function, count);
    ExpressionInfo info =
        new ExpressionInfo(
            RunFunctions.class.getName(),
            null,
            name,
            "_FUNC_(%s) - %s".formatted(arguments, usage),
            "",
            "",
            "",
            "",
            "0.2.0",
            "",
            "scala_udf");
    extensions.injectFunction(new Tuple3<>(new FunctionIdentifier(name), info, builder));
  }

  private static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {

    private final String name;
    private final String arguments;
    private final UserDefinedFunction function;
    private final int count;

    Builder(String name, String arguments, UserDefinedFunction function, int count) {
      this.name = name;
      this.arguments = arguments;
      this.function = function.withName(name);
      this.count = count;
    }

    @Override
    public Expression apply(Seq<Expression> given) {
      List<Expression> expressions = JavaConverters.seqAsJavaList(given);
      if (expressions.size() != count) {
        throw new DataException(
            "%s takes %d arguments, %s, and not %d"
                .formatted(name, count, arguments, expressions.size()));
      }
      return function.apply(expressions.stream().map(Column::new).toArray(Column[]::new)).expr();
    }
  }
}
