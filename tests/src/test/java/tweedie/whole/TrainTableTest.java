package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;
import static tweedie.whole.Commands.with;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.LocalSpark;
import tweedie.data.LabeledImage;
import tweedie.driver.run.RunDirectory;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.round.RoundMetrics;

/** Training that reads a table itself. */
class TrainTableTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("image", DataTypes.BinaryType)
          .add("label", DataTypes.IntegerType)
          .add("split", DataTypes.StringType);

  @TempDir Path temporary;

  /** Commands in this process would take it for theirs, whatever master they are given. */
  @AfterAll
  static void stop() {
    SPARK.context().stop();
  }

  /** The digits of the run that everybody has, those to train on and the others in one table. */
  private Path table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (LabeledImage image : Images.read(TinyRuns.digits().training())) {
      rows.add(RowFactory.create(image.id(), Images.png(image), image.label(), "train"));
    }
    for (LabeledImage image : Images.read(TinyRuns.digits().fresh())) {
      rows.add(RowFactory.create(1000 + image.id(), Images.png(image), image.label(), "test"));
    }
    return written("table", rows);
  }

  private Path written(String name, List<Row> rows) {
    Path path = temporary.resolve(name);
    SPARK
        .session()
        .createDataFrame(rows, SCHEMA)
        .repartition(1)
        .sortWithinPartitions("id")
        .write()
        .parquet(path.toString());
    return path;
  }

  private Object[] train(Path table, String... settings) {
    List<Object> line = new ArrayList<>(List.of("train", "--run", temporary.resolve("run")));
    List<String> all =
        new ArrayList<>(
            List.of(
                "tweedie.data.table.input=" + table,
                "tweedie.data.images-per-shard=100",
                "tweedie.model.channels=[4, 8]",
                "tweedie.model.halvings=1",
                "tweedie.train.epochs=2",
                "tweedie.train.workers=2",
                "tweedie.train.threads-per-worker=1",
                "tweedie.evaluate.projections=32"));
    all.addAll(List.of(settings));
    all.forEach(setting -> line.addAll(List.of("-D", setting)));
    return line.toArray();
  }

  private Checkpoint newest(Path run) throws IOException {
    return RunDirectory.at(new org.apache.hadoop.fs.Path(run.toUri()), new Configuration())
        .latest()
        .orElseThrow();
  }

  private static double[] validation(Path run) throws IOException {
    return RunDirectory.at(new org.apache.hadoop.fs.Path(run.toUri()), new Configuration())
        .metrics(2)
        .stream()
        .mapToDouble(RoundMetrics::validationLoss)
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "memory"})
  void endsInTheBitsOfShards(String cache) throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    String[] settings = {
      "tweedie.data.table.held-out=split = 'test'", "tweedie.train.cache=" + cache
    };
    tweedie(train(table(), settings)).succeeded();
    Checkpoint found = newest(run);
    Checkpoint expected = newest(digits.run());
    assertThat(found.state()).usingRecursiveComparison().isEqualTo(expected.state());
    assertThat(found.origin().orElseThrow().data())
        .usingRecursiveComparison()
        .isEqualTo(expected.origin().orElseThrow().data());
    // shards of another size are other minibatches, whose sums are rounded otherwise
    assertThat(validation(run)).containsExactly(validation(digits.run()), within(1e-8));
    try (Stream<Path> files = Files.walk(run)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".parquet"));
    }
  }

  @Test
  void goesOnWithShardsAndBackWithTheTableAndKnowsWhatItSaw() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = temporary.resolve("run");
    Path table = table();
    tweedie(train(table, "tweedie.data.table.where=id < 1000")).succeeded();
    tweedie(
            "train",
            "--run",
            run,
            "-D",
            "tweedie.data.table.input=",
            "-D",
            "tweedie.data.path=" + digits.training(),
            "-D",
            "tweedie.train.epochs=3")
        .succeeded();
    Object[] again =
        train(
            table,
            "tweedie.data.path=",
            "tweedie.data.table.where=id < 1000",
            "tweedie.train.epochs=4");
    tweedie(again).succeeded();
    assertThat(newest(run).state().epoch()).isEqualTo(4);

    Object[] measured = {
      "evaluate",
      "--what",
      "likelihood",
      "--run",
      run,
      "-D",
      "tweedie.evaluate.likelihood.images=20"
    };
    assertThat(tweedie(measured).refused().err())
        .contains("evaluate needs real images: give --data URI");
    assertThat(tweedie(with(measured, "--data", digits.training())).succeeded().out())
        .contains("(trained on)");
    assertThat(tweedie(with(measured, "--data", digits.fresh())).succeeded().out())
        .contains("(not trained on)");
    Object[] others = train(table, "tweedie.data.path=", "tweedie.data.table.where=id < 399");
    assertThat(tweedie(others).refused().err())
        .contains(
            "tweedie.data.table.input",
            "holds other data, 399 images of 12x12x1 in 4 shards",
            "name another --run for it");
  }

  @Test
  void whatCannotBeTrainedOnIsRefusedBeforeTheRunIsThere() throws IOException {
    Path table = table();
    refused(
        "tweedie.data.table.input = \"nowhere\" cannot be used: nowhere is neither a file",
        train(Path.of("nowhere")));
    refused(
        "is read in place of shards, and tweedie.data.path names some: leave one empty",
        train(table, "tweedie.data.path=" + TinyRuns.digits().training()));
    refused(
        "is validated on, and tweedie.data.validation-path names shards for it: leave one empty",
        train(
            table,
            "tweedie.data.table.held-out=id > 5",
            "tweedie.data.validation-path=" + TinyRuns.digits().fresh()));
    refused(
        "tweedie.data.table.held-out = \"id >\" cannot be used: 'id >' is no condition: [PARSE",
        train(table, "tweedie.data.table.held-out=id >"));
    refused(
        "'split' is no condition: [DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN]",
        train(table, "tweedie.data.table.held-out=split"));
    refused(
        "tweedie.data.table.held-out = \"id < 0\" cannot be used: %s where id < 0 has no row"
            .formatted(table),
        train(table, "tweedie.data.table.held-out=id < 0"));
    refused(
        "with name `nothing` cannot be resolved",
        train(table, "tweedie.data.table.where=nothing = 1"));
    refused(
        "tweedie.data.table.size = \"large\" cannot be used: 'large' is not a size",
        train(table, "tweedie.data.table.size=large"));
    refused(
        "cannot be used: The table has no column picture; it has id (long)",
        train(table, "tweedie.data.table.image=picture"));
    refused(
        "tweedie.train.workers = 7 must be at most the number of shards, 6",
        train(table, "tweedie.train.workers=7"));
    List<Row> rows = new ArrayList<>();
    rows.add(
        RowFactory.create(0L, Images.png(Images.read(TinyRuns.digits().fresh()).get(0)), 1, ""));
    rows.add(RowFactory.create(1L, new byte[] {1, 2, 3}, 1, ""));
    rows.add(RowFactory.create(2L, null, 1, ""));
    refused(
        "cannot be used: image of the row with id 1 is not a whole picture",
        train(written("bad", rows)));
  }

  private void refused(String sentence, Object... line) {
    assertThat(tweedie(line).refused().err()).contains(sentence);
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void doctorReadsTheTable() throws IOException {
    Object[] line = train(table(), "tweedie.train.workers=7");
    line[0] = "doctor";
    assertThat(tweedie(line).refused().out())
        .contains("tweedie.train.workers = 7 must be at most the number of shards, 6");
  }
}
