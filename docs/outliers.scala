// Tells outliers by what `tweedie apply` has written of images; docs/outliers.md says how these tables were made.
//   spark-shell -i docs/outliers.scala --conf spark.outliers.scored=scored
import org.apache.spark.ml.linalg.{Vector, Vectors}
import org.apache.spark.ml.stat.distribution.MultivariateGaussian
import org.apache.spark.mllib.linalg.distributed.RowMatrix
import org.apache.spark.sql.Row

val scored = spark.conf.get("spark.outliers.scored", "scored")

// a normal density of the logarithms of the norms at the levels of noise, of images that the model was trained on
def logs(norms: Seq[Double]): Vector = Vectors.dense(norms.map(math.log).toArray)
val seen = spark.read.parquet(s"$scored/train").select("scoreNorms").rdd.map(row => logs(row.getSeq[Double](0)))
val matrix = new RowMatrix(seen.map(org.apache.spark.mllib.linalg.Vectors.fromML(_)))
val normal =
  new MultivariateGaussian(matrix.computeColumnSummaryStatistics().mean.asML, matrix.computeCovariance().asML)

// typical are bits as those of images that the model has not been trained on
val usual = spark.read.parquet(s"$scored/held-out").selectExpr("avg(bits)").head.getDouble(0)

val statistics = Seq[(String, Row => Double)](
  "bits" -> (row => row.getAs[Double]("bits")),
  "typicality: |bits - usual|" -> (row => math.abs(row.getAs[Double]("bits") - usual)),
  "score norms" -> (row => -normal.logpdf(logs(row.getAs[Seq[Double]]("scoreNorms"))))
)

// the share of pairs in which the outlier has more, and its standard error (DeLong et al. 1988)
def auroc(in: Array[Double], out: Array[Double]): (Double, Double) = {
  def share(of: Double, among: Array[Double]) =
    among.map(other => if (of > other) 1.0 else if (of == other) 0.5 else 0.0).sum / among.length
  val ofOut = out.map(share(_, in))
  val ofIn = in.map(value => 1 - share(value, out))
  def variance(of: Array[Double]) = {
    val mean = of.sum / of.length
    of.map(value => (value - mean) * (value - mean)).sum / (of.length - 1) / of.length
  }
  (ofOut.sum / ofOut.length, math.sqrt(variance(ofOut) + variance(ofIn)))
}

val inliers = spark.read.parquet(s"$scored/test").select("bits", "scoreNorms").collect
for (name <- Seq("digits", "dim", "cifar", "noise", "inverted"); (statistic, of) <- statistics) {
  val outliers = spark.read.parquet(s"$scored/$name").select("bits", "scoreNorms").collect
  val (area, error) = auroc(inliers.map(of), outliers.map(of))
  println(f"$name%-10s $statistic%-28s $area%.3f (${area - 1.96 * error}%.3f to ${math.min(1, area + 1.96 * error)}%.3f)")
}
