package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.driver.run.RunDirectory;
import tweedie.ml.BitsEvaluator;
import tweedie.ml.ScoreModel;
import tweedie.ml.ScoreModelEstimator;
import tweedie.sample.picture.ImageGrid;

/** Tweedie in a Spark application: Estimator, Model, SQL. */
class SparkMlTest {

  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]").with("spark.sql.extensions", "tweedie.ml.TweedieExtensions");
  private static final ImageShape SHAPE = new ImageShape(TinyRuns.SIZE, TinyRuns.SIZE, 1);
  private static final StructType PICTURES =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("label", DataTypes.IntegerType)
          .add("png", DataTypes.BinaryType);

  @TempDir Path temporary;

  /** Commands in this process would take it for theirs, whatever master they are given. */
  @AfterAll
  static void stop() {
    SPARK.context().stop();
  }

  private static SparkSession session() {
    return SPARK.session();
  }

  /** The images of shards as PNG files in a column, in their order. */
  private static Dataset<Row> pictures(Path shards, int count) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (LabeledImage image : Images.read(shards).subList(0, count)) {
      rows.add(RowFactory.create(image.id(), image.label(), Images.png(image)));
    }
    return session().createDataFrame(rows, PICTURES).repartition(1).sortWithinPartitions("id");
  }

  private static float[] parameters(Path run) throws IOException {
    return RunDirectory.at(new org.apache.hadoop.fs.Path(run.toUri()), new Configuration())
        .latest()
        .orElseThrow()
        .state()
        .parameters();
  }

  private static double[] doubles(Row row, String column) {
    return row.<Object>getList(row.fieldIndex(column)).stream()
        .mapToDouble(value -> ((Number) value).doubleValue())
        .toArray();
  }

  @Test
  void aFitEndsInTheBitsOfTheCommands() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    ScoreModelEstimator estimator =
        new ScoreModelEstimator()
            .setRun(run.toString())
            .setEpochs(2)
            .setWorkers(2)
            .setSettings(
                "tweedie.data.images-per-shard=100",
                "tweedie.model.channels=[4, 8]",
                "tweedie.model.halvings=1",
                "tweedie.train.threads-per-worker=1");
    ScoreModel model = estimator.fit(pictures(digits.training(), 400));

    assertThat(model.round()).isEqualTo(2);
    assertThat(parameters(run)).isEqualTo(parameters(digits.run()));
    assertThat(model.fingerprint())
        .isEqualTo(ScoreModel.load(digits.run().toString()).fingerprint());
    assertThat(Images.open(run.resolve("shards")).fingerprint())
        .isEqualTo(Images.open(digits.training()).fingerprint());

    // the command goes on with it, and it goes on with what the command did
    tweedie("train", "--run", run, "-D", "tweedie.train.epochs=3").succeeded();
    ScoreModel further = estimator.setEpochs(4).fit(pictures(digits.training(), 400));
    assertThat(further.round()).isEqualTo(4);
    assertThat(run.resolve("shards-again")).doesNotExist();
    Dataset<Row> others = pictures(digits.fresh(), 100);
    assertThatThrownBy(() -> estimator.fit(others))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("was begun with other images than these");
  }

  @Test
  void columnsAreWhatTheCommandsSay() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    Trees.copy(digits.run(), run);
    tweedie(
            "evaluate",
            "--what",
            "likelihood",
            "--run",
            run,
            "--data",
            digits.fresh(),
            "-D",
            "tweedie.evaluate.likelihood.images=12",
            "-D",
            "tweedie.evaluate.likelihood.steps=3",
            "-D",
            "tweedie.evaluate.likelihood.sensitivity-images=0")
        .succeeded();
    Map<Long, Double> bits = new HashMap<>();
    for (String line : Files.readAllLines(run.resolve("evaluation/likelihood-images.jsonl"))) {
      JsonNode image = new ObjectMapper().readTree(line);
      bits.put(image.get("id").longValue(), image.get("bits_per_dimension").doubleValue());
    }
    tweedie(
            "encode",
            "--run",
            run,
            "--data",
            digits.fresh(),
            "--limit",
            3,
            "--out",
            run.resolve("c"))
        .succeeded();
    List<LabeledImage> codes = Images.read(run.resolve("c"));
    Dataset<Row> pictures = pictures(digits.fresh(), 200);
    Path files = Files.createDirectories(temporary.resolve("files"));
    for (Row row : pictures.takeAsList(3)) {
      Files.write(files.resolve("%d.png".formatted(row.getLong(0))), row.<byte[]>getAs("png"));
    }
    Path out = temporary.resolve("out");
    tweedie("denoise", "--run", run, "--input", files, "--sigma", 0.3, "--out", out).succeeded();

    ScoreModel model =
        ScoreModel.load(run.toString(), "newest", "tweedie.evaluate.likelihood.steps=3")
            .setColumns("denoised", "score", "bits", "scoreNorms", "code")
            .setSigma(0.3)
            .setLevels(4);
    List<Row> rows = model.transform(pictures).collectAsList();
    List<LabeledImage> images = Images.read(digits.fresh());

    assertThat(rows).hasSize(200);
    assertThat(bits).hasSize(12);
    for (Row row : rows) {
      long id = row.getAs("id");
      if (bits.containsKey(id)) {
        assertThat(row.<Double>getAs("bits")).isCloseTo(bits.get(id), within(1e-5));
      }
      double[] denoised = doubles(row, "denoised");
      if (id < 3) {
        assertThat(new ImageGrid(SHAPE, 1).picture(denoised))
            .isEqualTo(Files.readAllBytes(out.resolve("%d.png".formatted(id))));
        assertThat(doubles(row, "code"))
            .containsExactly(ImageRows.doubles(codes.get((int) id).pixels()), within(1e-4));
      }
      double[] score = doubles(row, "score");
      double[] noisy = ImageRows.doubles(images.get((int) id).pixels());
      for (int j = 0; j < score.length && id < 3; j++) {
        assertThat(score[j]).isCloseTo((denoised[j] - noisy[j]) / 0.09, within(1e-4));
      }
      assertThat(doubles(row, "scoreNorms")).hasSize(4).doesNotContain(0);
    }
    assertThat(rows.get(0).schema().fieldNames())
        .containsExactly(
            "id", "label", "png", "denoised", "score", "bits", "bitsError", "scoreNorms", "code");
    model.close();
  }

  @Test
  void severalCopiesAreFused() throws IOException {
    Dataset<Row> pictures = pictures(TinyRuns.digits().fresh(), 4);
    pictures.createOrReplaceTempView("pictures");
    Dataset<Row> copies =
        session().sql("SELECT id, array(png, png, png, png) AS copies, 0.4D AS s FROM pictures");
    ScoreModel model = ScoreModel.load(TinyRuns.digits().run().toString());
    List<Row> fused = model.setSigmaCol("s").transform(copies).collectAsList();
    ScoreModel alone = ScoreModel.load(TinyRuns.digits().run().toString()).setSigma(0.2);
    List<Row> single = alone.transform(pictures).collectAsList();
    for (int i = 0; i < 4; i++) { // four equal copies are their mean with half of the noise
      assertThat(doubles(fused.get(i), "denoised"))
          .containsExactly(doubles(single.get(i), "denoised"), within(1e-5));
    }
    ScoreModel bits = ScoreModel.load(TinyRuns.digits().run().toString()).setColumns("bits");
    assertThatThrownBy(() -> bits.transform(copies))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("which only denoised and score are of: not bits");
  }

  @Test
  void samplesAreThoseOfTheCommand() throws IOException {
    Path run = TinyRuns.digits().run();
    List<LabeledImage> drawn = Images.read(run.resolve("samples/heun"));
    ScoreModel model = ScoreModel.load(run.toString());
    List<Row> rows =
        model.sample(session(), 20, Map.of("method", "heun")).orderBy("id").collectAsList();
    session()
        .sql(
            "CREATE OR REPLACE TEMPORARY VIEW drawn USING tweedie OPTIONS (run '%s', count 20, method 'heun')"
                .formatted(run));
    List<Row> ofSql = session().sql("SELECT * FROM drawn ORDER BY id").collectAsList();
    assertThat(rows).hasSize(20).isEqualTo(ofSql);
    for (int i = 0; i < 20; i++) {
      assertThat(rows.get(i).<Long>getAs("id")).isEqualTo(drawn.get(i).id());
      assertThat(doubles(rows.get(i), "pixels"))
          .containsExactly(ImageRows.doubles(drawn.get(i).pixels()), within(1e-4));
    }
  }

  @Test
  void aPipelineIsWrittenAndRead() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Dataset<Row> pictures = pictures(digits.fresh(), 5);
    ScoreModel model = ScoreModel.load(digits.run().toString()).setSigma(0.25);
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {model}).fit(pictures);
    Path saved = temporary.resolve("pipeline");
    pipeline.write().overwrite().save(saved.toString());
    PipelineModel again = PipelineModel.load(saved.toString());
    assertThat(again.transform(pictures).collectAsList())
        .isEqualTo(pipeline.transform(pictures).collectAsList());
    Path run;
    try (var stages = Files.list(saved.resolve("stages"))) {
      run = stages.findFirst().orElseThrow();
    }
    // which the command line takes for a run
    tweedie("sample", "--run", run, "--count", 2, "--method", "heun").succeeded();

    session(); // as the command has closed its own
    ScoreModelEstimator estimator =
        new ScoreModelEstimator().setEpochs(7).setSettings("tweedie.train.clip=1");
    Path written = temporary.resolve("estimator");
    estimator.save(written.toString());
    ScoreModelEstimator read = ScoreModelEstimator.load(written.toString());
    String addresses = "@[0-9a-f]+"; // which is how Spark shows arrays
    assertThat(read.explainParams().replaceAll(addresses, ""))
        .isEqualTo(estimator.explainParams().replaceAll(addresses, ""));
    assertThat(read.explainParams())
        .contains("epochs: tweedie.train.epochs: ")
        .contains("current: 7")
        .contains("learningRate");
  }

  @Test
  void imagesToValidateOnHaveTheClassesOfAll() throws IOException {
    Path run = temporary.resolve("run");
    Dataset<Row> images =
        pictures(TinyRuns.digits().fresh(), 120)
            .selectExpr("id", "png", "concat('digit ', label) AS word", "label >= 5 AS held");
    new ScoreModelEstimator()
        .setRun(run.toString())
        .setEpochs(1)
        .setBatchSize(16)
        .setLabelCol("word")
        .setValidationIndicatorCol("held")
        .setSettings(
            "tweedie.model.channels=[4, 8]",
            "tweedie.model.halvings=1",
            "tweedie.train.threads-per-worker=1")
        .fit(images);
    List<LabeledImage> held = Images.read(run.resolve("validation-shards"));
    assertThat(held).isNotEmpty().allMatch(image -> image.label() >= 5);
    assertThat(Images.read(run.resolve("shards"))).allMatch(image -> image.label() < 5);
    assertThat(Images.open(run.resolve("validation-shards")).classNames()).hasSize(10);
    assertThat(Files.readString(run.resolve("metrics.jsonl"))).contains("\"validation_loss\"");
  }

  @Test
  void aCrossValidatorChoosesByBits() throws IOException {
    ScoreModelEstimator estimator =
        new ScoreModelEstimator()
            .setRuns(temporary.resolve("runs").toString())
            .setBatchSize(16)
            .setColumns("bits")
            .setSettings(
                "tweedie.model.channels=[4, 8]",
                "tweedie.model.halvings=1",
                "tweedie.train.threads-per-worker=1",
                "tweedie.evaluate.likelihood.steps=2");
    ParamMap[] maps =
        new ParamGridBuilder()
            .addGrid((IntParam) estimator.getParam("epochs"), new int[] {1, 6})
            .build();
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(estimator)
            .setEstimatorParamMaps(maps)
            .setEvaluator(new BitsEvaluator())
            .setNumFolds(2)
            .fit(pictures(TinyRuns.digits().fresh(), 120));
    assertThat(chosen.avgMetrics()[1]).isLessThan(chosen.avgMetrics()[0]);
    assertThat(((ScoreModel) chosen.bestModel()).round()).isEqualTo(6);
  }

  @Test
  void functionsOfSqlAgreeWithTheModel() throws IOException {
    Path run = TinyRuns.digits().run();
    Dataset<Row> pictures = pictures(TinyRuns.digits().fresh(), 3);
    pictures.createOrReplaceTempView("pictures");
    List<Row> rows =
        session()
            .sql(
                "SELECT id, tweedie_denoise('%1$s', png, 0.3) AS denoised, tweedie_score_norms('%1$s', png) AS norms FROM pictures ORDER BY id"
                    .formatted(run))
            .collectAsList();
    List<Row> expected =
        ScoreModel.load(run.toString())
            .setColumns("denoised", "scoreNorms")
            .setSigma(0.3)
            .transform(pictures)
            .collectAsList();
    for (int i = 0; i < 3; i++) {
      assertThat(doubles(rows.get(i), "denoised"))
          .containsExactly(doubles(expected.get(i), "denoised"), within(1e-5));
      assertThat(doubles(rows.get(i), "norms"))
          .containsExactly(doubles(expected.get(i), "scoreNorms"), within(1e-3));
    }
    assertThat(session().sql("DESCRIBE FUNCTION tweedie_bits").collectAsList().toString())
        .contains("tweedie_bits(run, image)");
  }

  @Test
  void whatIsWrongIsSaidInASentence() throws IOException {
    Path run = TinyRuns.digits().run();
    Dataset<Row> good = pictures(TinyRuns.digits().fresh(), 3);
    ScoreModel model = ScoreModel.load(run.toString());
    refused(() -> model.transform(good), "denoised needs the noise of the images: set sigma");
    model.setSigma(0.2);
    refused(
        () -> model.transform(good.withColumn("Denoised", good.col("id"))),
        "The table has a column Denoised already, and denoised would be written");
    refused(
        () -> model.transform(good.withColumn("other", good.col("png"))),
        "2 columns can hold images: png (the content of picture files), other");
    refused(() -> model.transform(good.drop("png")), "No column holds images: there are id");
    refused(
        () -> model.copy(new ParamMap()).setColumns("nothing").transform(good),
        "columns has 'nothing'");
    refused(() -> ScoreModel.load(temporary.toString()), "is no run: it has no config.conf");

    Dataset<Row> bad =
        session()
            .createDataFrame(
                List.of(
                    RowFactory.create(7L, 0, new byte[] {1, 2}),
                    RowFactory.create(8L, 0, null),
                    good.takeAsList(1).get(0)),
                PICTURES)
            .repartition(1)
            .sortWithinPartitions("id");
    assertThatThrownBy(() -> model.transform(bad).collectAsList())
        .rootCause()
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("png of the row with id 7 is not a whole picture");
    assertThat(model.setHandleInvalid("skip").transform(bad).count()).isEqualTo(1);
    List<Row> kept = model.setHandleInvalid("keep").transform(bad).collectAsList();
    assertThat(kept).hasSize(3);
    assertThat(kept.get(0).<Object>getAs("denoised")).isNotNull();
    assertThat(kept.get(1).<Object>getAs("denoised")).isNull();
  }

  private static void refused(Runnable call, String sentence) {
    assertThatThrownBy(call::run).isInstanceOf(DataException.class).hasMessageContaining(sentence);
  }
}
