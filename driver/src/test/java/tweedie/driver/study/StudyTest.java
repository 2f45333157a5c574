package tweedie.driver.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.TweedieException.Status;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;
import tweedie.driver.Tweedie;

class StudyTest {

  private static final List<String> SMALL =
      List.of(
          "tweedie.noise.edm.sigma-max=10",
          "tweedie.model.embedding=4",
          "tweedie.study.seeds=2",
          "tweedie.study.copies=[1, 2]",
          "tweedie.study.levels=[0.2, 1]",
          "tweedie.study.trained-draws=2",
          "tweedie.study.references=[8]",
          "tweedie.study.resamples=200",
          "tweedie.study.gradients.draws=[1, 2]",
          "tweedie.study.gradients.batch-size=2",
          "tweedie.study.gradients.repeats=2",
          "tweedie.study.mixtures.dimensions=[2]",
          "tweedie.study.mixtures.images=16",
          "tweedie.study.mixtures.test-images=20",
          "tweedie.study.mixtures.steps=3",
          "tweedie.study.mixtures.batch-size=4",
          "tweedie.study.mixtures.hidden=4",
          "tweedie.study.mixtures.depth=1",
          "tweedie.study.images.batch-size=4");

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int study(Path into, String... settings) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> args =
        new ArrayList<>(List.of("study", "--out", into.toUri().toString(), "--master", "local[1]"));
    Stream.concat(SMALL.stream(), Stream.of(settings))
        .forEach(setting -> args.addAll(List.of("-D", setting)));
    return Tweedie.run(
        new PrintWriter(out, true), new PrintWriter(err, true), args.toArray(String[]::new));
  }

  private static List<String> results(Path study) throws IOException {
    try (Stream<Path> files = Files.list(study.resolve("results"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyTrainingLeavesAResultAndIsNotRepeated() throws IOException {
    Path study = directory.resolve("study");
    assertThat(study(study)).as("%s", err).isZero();
    assertThat(out.toString())
        .contains("12 trainings, 0 of them done before")
        .contains("study.html");
    assertThat(err.toString())
        .contains("tweedie.data.path is empty: the study asks mixtures only, and no images");
    assertThat(results(study))
        .containsExactly(
            "mixture-2d-4.draws-2.seed-1.json",
            "mixture-2d-4.draws-2.seed-2.json",
            "mixture-2d-4.fresh-2.seed-1.json",
            "mixture-2d-4.fresh-2.seed-2.json",
            "mixture-2d-4.gradients.seed-1.json",
            "mixture-2d-4.gradients.seed-2.json",
            "mixture-2d-4.mean.seed-1.json",
            "mixture-2d-4.mean.seed-2.json",
            "mixture-2d-4.stable-8.seed-1.json",
            "mixture-2d-4.stable-8.seed-2.json",
            "mixture-2d-4.stacked-2.seed-1.json",
            "mixture-2d-4.stacked-2.seed-2.json");
    JsonNode table = new ObjectMapper().readTree(study.resolve("study.json").toFile());
    // two numbers of one sigma, then matched, draws, fresh, draws against fresh, stable at 2 levels
    assertThat(table.get("comparisons")).hasSize(2 + 5 * 2);
    assertThat(table.get("gradients")).hasSize(2);
    assertThat(Files.readAllLines(study.resolve("comparisons.csv"))).hasSize(1 + 12);
    String page = Files.readString(study.resolve("study.html"));
    assertThat(page)
        .contains("Do more copies help where their mean has the same noise?")
        .contains("mixture-2d-4")
        .doesNotContain("src=\"http");

    Path one = study.resolve("results/mixture-2d-4.mean.seed-2.json");
    JsonNode before = new ObjectMapper().readTree(one.toFile());
    Path kept = study.resolve("results/mixture-2d-4.mean.seed-1.json");
    Object written = Files.getLastModifiedTime(kept);
    Files.delete(one);
    assertThat(study(study)).as("%s", err).isZero();
    assertThat(out.toString()).contains("12 trainings, 11 of them done before");
    assertThat(new ObjectMapper().readTree(one.toFile()).get("errors"))
        .as("the same numbers again")
        .isEqualTo(before.get("errors"));
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(written);

    assertThat(study(study, "tweedie.study.seeds=3")).as("%s", err).isZero();
    assertThat(out.toString()).contains("18 trainings, 12 of them done before");

    assertThat(study(study, "tweedie.study.mixtures.steps=4"))
        .isEqualTo(Status.WRONG_INPUT.number());
    assertThat(err.toString())
        .contains(
            "tweedie.study.mixtures.steps = 4 was 3 for the results in "
                + "file:%s; with another value it is another study: name another --out"
                    .formatted(study));
  }

  @Test
  void resultsOfAnEarlierVersionAreFound() throws IOException {
    org.apache.hadoop.fs.Path shards =
        new org.apache.hadoop.fs.Path(directory.resolve("data").toString());
    List<LabeledImage> images = new ArrayList<>();
    for (int id = 0; id < 12; id++) {
      float[] pixels = {id, 1 - id};
      images.add(new LabeledImage(id, -1, new ImageShape(1, 1, 2), pixels));
    }
    Configuration conf = new Configuration();
    ShardWriter.write(new org.apache.hadoop.fs.Path(shards, "part-00000.parquet"), images, conf);
    ShardedData data = ShardedData.open(shards, conf);
    String[] settings = {
      "tweedie.data.path=" + shards,
      "tweedie.model.network=mlp",
      "tweedie.model.hidden=4",
      "tweedie.model.depth=1",
      "tweedie.study.mixtures.hypotheses=[]",
      "tweedie.study.images.hypotheses=[stable]",
      "tweedie.study.images.images=8",
      "tweedie.study.images.test-images=4",
      "tweedie.study.images.steps=2"
    };
    Path study = directory.resolve("study");
    assertThat(study(study, settings)).as("%s", err).isZero();
    String name = "images-" + data.fingerprint().substring(0, 8);
    assertThat(results(study))
        .hasSize(4)
        .contains(name + ".mean.seed-1.json", name + ".stable-8.seed-2.json");

    String earlier = "images-" + data.fingerprintOfFiles().substring(0, 8);
    for (String result : results(study)) {
      Path file = study.resolve("results").resolve(result);
      Files.writeString(
          study.resolve("results").resolve(result.replace(name, earlier)),
          Files.readString(file).replace(name, earlier));
      Files.delete(file);
    }
    assertThat(study(study, settings)).as("%s", err).isZero();
    assertThat(out.toString()).contains("4 trainings, 4 of them done before");
    assertThat(Files.readString(study.resolve("comparisons.csv"))).contains("," + earlier + ",");
  }

  @Test
  void wrongSettingsChangeNothing() throws IOException {
    Path study = directory.resolve("study");
    wrong(study, "tweedie.study.seeds=1", "must be a whole number of at least 2");
    wrong(study, "tweedie.study.seeds=0", "must be a whole number of at least 2");
    wrong(study, "tweedie.study.copies=[0]", "must be a whole number of at least 1");
    wrong(
        study,
        "tweedie.study.mixtures.hypotheses=[luck]",
        "must be one of information, matched, draws, stable");
    wrong(
        study,
        "tweedie.study.levels=[20]",
        "holds 20.0; tweedie.noise trains from 0.002 to 10.0 only");
    wrong(
        study,
        "tweedie.study.mixtures.hypotheses=[]",
        "asks nothing, and nothing is asked of images");
    wrong(study, "tweedie.data.path=" + directory.resolve("none"), "does not exist");
    assertThat(study).doesNotExist();
  }

  private void wrong(Path study, String setting, String sentence) {
    assertThat(study(study, setting)).as(setting).isEqualTo(Status.WRONG_INPUT.number());
    assertThat(err.toString()).as(setting).contains(sentence);
  }

  @Test
  void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
    Path other = Files.createDirectory(directory.resolve("run"));
    Files.writeString(other.resolve("config.conf"), "tweedie.seed = 1");
    assertThat(study(other)).isEqualTo(Status.WRONG_INPUT.number());
    assertThat(err.toString())
        .contains("holds config.conf and no study; --out names a new directory");
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files).hasSize(1);
    }
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(study(file)).isEqualTo(Status.WRONG_INPUT.number());
    assertThat(err.toString()).contains("is a file; --out names a directory");
  }
}
