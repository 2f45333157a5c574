package tweedie.ml;

import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;

/** What can be set of a {@link ScoreModel}. */
abstract class ScoreModelParams extends Model<ScoreModel> {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> imageCol;
  private final StringArrayParam columns;
  private final DoubleParam sigma;
  private final Param<String> sigmaCol;
  private final Param<String> idCol;
  private final IntParam levels;
  private final Param<String> denoisedAs;
  private final Param<String> handleInvalid;
  private final IntParam batchSize;

  ScoreModelParams(String uid) {
    this.uid = uid;
    // not before the name, which params take
    imageCol =
        new Param<>(
            this, "imageCol", "column of the images; empty for the only one that can hold them");
    columns =
        new StringArrayParam(
            this, "columns", "what is added: denoised, score, bits, scoreNorms, code");
    sigma =
        new DoubleParam(
            this,
            "sigma",
            "standard deviation of the noise on each image, in the scale of pixels in [0, 1]",
            ParamValidators.gt(0));
    sigmaCol = new Param<>(this, "sigmaCol", "column of the noise of each row, in place of sigma");
    idCol =
        new Param<>(
            this,
            "idCol",
            "column of whole numbers that random numbers of an image hang on; empty for id where there is one, and otherwise its place");
    levels = new IntParam(this, "levels", "noise levels of scoreNorms", ParamValidators.gt(0));
    denoisedAs = new Param<>(this, "denoisedAs", "floats, or png for pictures");
    handleInvalid =
        new Param<>(
            this,
            "handleInvalid",
            "what becomes of rows whose image cannot be read: error, skip, or keep with nulls");
    batchSize =
        new IntParam(
            this,
            "batchSize",
            "rows that a task computes together; 0 for as many as are useful",
            ParamValidators.gtEq(0));
    setDefault(imageCol, "");
    setDefault(columns, new String[] {"denoised"});
    setDefault(sigmaCol, "");
    setDefault(idCol, "");
    setDefault(levels, 10);
    setDefault(denoisedAs, "floats");
    setDefault(handleInvalid, "error");
    setDefault(batchSize, 0);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** In an order that helps to read them. */
  @Override
  public Param<?>[] params() {
    return new Param<?>[] {
      imageCol, columns, sigma, sigmaCol, idCol, levels, denoisedAs, handleInvalid, batchSize
    };
  }

  public Param<String> imageCol() {
    return imageCol;
  }

  public ScoreModel setImageCol(String value) {
    return (ScoreModel) set(imageCol, value);
  }

  public StringArrayParam columns() {
    return columns;
  }

  public ScoreModel setColumns(String... values) {
    return (ScoreModel) set(columns, values);
  }

  public DoubleParam sigma() {
    return sigma;
  }

  public ScoreModel setSigma(double value) {
    return (ScoreModel) set(sigma, value);
  }

  public Param<String> sigmaCol() {
    return sigmaCol;
  }

  public ScoreModel setSigmaCol(String value) {
    return (ScoreModel) set(sigmaCol, value);
  }

  public Param<String> idCol() {
    return idCol;
  }

  public ScoreModel setIdCol(String value) {
    return (ScoreModel) set(idCol, value);
  }

  public IntParam levels() {
    return levels;
  }

  public ScoreModel setLevels(int value) {
    return (ScoreModel) set(levels, value);
  }

  public Param<String> denoisedAs() {
    return denoisedAs;
  }

  public ScoreModel setDenoisedAs(String value) {
    return (ScoreModel) set(denoisedAs, value);
  }

  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  public ScoreModel setHandleInvalid(String value) {
    return (ScoreModel) set(handleInvalid, value);
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public ScoreModel setBatchSize(int value) {
    return (ScoreModel) set(batchSize, value);
  }

  final <T> T value(Param<T> param) {
    return getOrDefault(param);
  }
}
