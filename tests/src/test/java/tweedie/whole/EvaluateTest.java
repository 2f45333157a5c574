package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;
import tweedie.data.shard.ShardWriter;
import tweedie.evaluate.samples.OnnxFile;
import tweedie.whole.Commands.Outcome;

/** {@code evaluate} on built-in digits and on the mixture. */
class EvaluateTest {

  private static final int SIZE = TinyRuns.SIZE;
  private static final int SAMPLES = 40;

  @TempDir static Path made;
  private static Path run;
  private static Path training;
  private static Path fresh;

  @TempDir Path temporary;

  @BeforeAll
  static void copyTheRun() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    training = digits.training();
    fresh = digits.fresh();
    run = Trees.copy(digits.run(), made.resolve("run"));
  }

  private static Outcome evaluate(Object... args) {
    List<Object> line = new ArrayList<>(List.of("evaluate", "--run", run));
    line.addAll(List.of(args));
    return tweedie(line.toArray());
  }

  private static JsonNode result(Path run, String name) throws IOException {
    return new ObjectMapper()
        .readTree(run.resolve("evaluation/samples-%s.json".formatted(name)).toFile());
  }

  private static JsonNode metric(JsonNode result, String of, String name) {
    for (JsonNode metric : result.get("metrics")) {
      if (metric.get("of").asText().equals(of) && metric.get("metric").asText().equals(name)) {
        return metric;
      }
    }
    throw new AssertionError(of + " " + name + " is not in " + result);
  }

  private static double value(JsonNode metric, String set) {
    return metric.get(set).get("value").doubleValue();
  }

  /** Three features of the digits: what lies left, right and below. */
  private Path network(int size) throws IOException {
    float[] weights = new float[size * size * 3];
    for (int pixel = 0; pixel < size * size; pixel++) {
      weights[pixel * 3 + (pixel % size < size / 2 ? 0 : 1)] = 0.1f;
      weights[pixel * 3 + 2] = pixel / size < size / 2 ? 0 : 0.1f;
    }
    byte[] file = OnnxFile.matrix(false, weights, 3, -1, 1, size, size);
    return Files.write(temporary.resolve("of %d.onnx".formatted(size)), file);
  }

  @Test
  void featuresOfANetworkOfOnesOwnAreCompared() throws IOException {
    Path network = network(SIZE);
    evaluate("--data", fresh, "--features", network).succeeded();
    JsonNode result = result(run, "heun");
    double distance = value(metric(result, "network", "Frechet distance"), "samples");
    double unbiased =
        value(metric(result, "network", "Frechet distance, n to infinity"), "samples");
    assertThat(distance).isPositive();
    assertThat(unbiased).isLessThan(distance);
    assertThat(value(metric(result, "network", "Frechet distance"), "wrong"))
        .isGreaterThan(value(metric(result, "network", "Frechet distance"), "real"));
    metric(result, "network", "MMD^2, cubic kernel"); // KID
    // the moments that were written are those of the samples
    Path moments = run.resolve("evaluation/features-heun.npz");
    Path kept = Files.copy(moments, temporary.resolve("moments.npz"));
    Outcome again =
        evaluate("--data", fresh, "--features", network, "--features-reference", kept).succeeded();
    assertThat(again.out()).contains("Frechet distance to reference");
    JsonNode toReference = metric(result(run, "heun"), "network", "Frechet distance to reference");
    assertThat(value(toReference, "samples")).isCloseTo(0, within(1e-6));
    assertThat(value(toReference, "real")).isCloseTo(distance, within(0.5 * distance));
  }

  @Test
  void featuresThatDoNotGoTogetherAreRefused() throws IOException {
    assertThat(evaluate("--data", fresh, "--features", network(SIZE + 1)).refused().err())
        .contains("The feature network", "takes [-1, 1, %d, %d]".formatted(SIZE + 1, SIZE + 1));
    assertThat(
            evaluate("--data", fresh, "--features", temporary.resolve("none.onnx")).refused().err())
        .contains("none.onnx does not exist");
    Path reference = temporary.resolve("other.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(reference))) {
      npz.begin("mu", NpyHeader.of(Type.FLOAT64, 2));
      npz.write(new double[2]);
      npz.begin("sigma", NpyHeader.of(Type.FLOAT64, 2, 2));
      npz.write(new double[4]);
    }
    assertThat(
            evaluate(
                    "--data", fresh, "--features", network(SIZE), "--features-reference", reference)
                .refused()
                .err())
        .contains("other.npz holds mu [2] and sigma [2, 2], the network", "gives 3 features");
    assertThat(evaluate("--what", "likelihood", "--features", network(SIZE)).refused().err())
        .contains("--features is for --what samples");
    assertThat(evaluate("--features-reference", reference).refused().err())
        .contains("--features-reference is for the features of --features FILE.onnx");
  }

  @Test
  void samplesAreMeasuredBesideRealAndWrongOnes() throws IOException {
    Outcome outcome = evaluate("--data", fresh).succeeded();
    JsonNode result = result(run, "heun");
    assertThat(result.get("samples").intValue()).isEqualTo(SAMPLES);
    assertThat(result.get("measured").intValue()).isEqualTo(SAMPLES);
    assertThat(result.get("trained_on").booleanValue()).isFalse();
    for (String of : List.of("pixels", "features")) {
      for (String name :
          List.of(
              "sliced W2",
              "sliced Kolmogorov-Smirnov",
              "MMD^2, cubic kernel",
              "precision",
              "recall",
              "density",
              "coverage",
              "C2ST accuracy")) {
        JsonNode estimate = metric(result, of, name).get("samples");
        assertThat(estimate.get("value").doubleValue())
            .as(of + " " + name)
            .isBetween(
                estimate.get("low").doubleValue() - 1e-12,
                estimate.get("high").doubleValue() + 1e-12);
      }
      JsonNode wasserstein = metric(result, of, "sliced W2");
      assertThat(value(wasserstein, "real")).isLessThan(value(wasserstein, "wrong"));
      assertThat(wasserstein.has("p_value")).isFalse();
    }
    // the built-in digits can be told apart, and it is said how well
    JsonNode onFresh = result.get("classifier").get(1);
    assertThat(onFresh.get("images").intValue()).isEqualTo(200);
    assertThat(onFresh.get("accuracy").get("value").doubleValue()).isGreaterThan(0.8);
    JsonNode classes = result.get("histograms").get(0);
    assertThat(classes.get("shares")).hasSize(10);
    int counted = 0;
    for (JsonNode count : classes.get("samples")) {
      counted += count.intValue();
    }
    assertThat(counted).isEqualTo(SAMPLES);
    // real images that were not trained on lie as near to the training data as others
    double ratio = value(metric(result, "training", "ratio to real distance"), "real");
    assertThat(ratio).isBetween(0.8, 1.25);
    assertThat(outcome.out()).contains("heun: 40 samples", "sliced W2", "classifier: ");
    assertThat(run.resolve("evaluation/classifier/parameters.npy")).exists();
  }

  @Test
  void realImagesGivenAsSamplesAreAtTheFloorAndCopiesAreFound() throws IOException {
    evaluate("--samples", training, "--data", fresh).succeeded();
    JsonNode result = result(run, "training");
    assertThat(result.get("measured").intValue()).isEqualTo(100);
    JsonNode wasserstein = metric(result, "pixels", "sliced W2");
    assertThat(value(wasserstein, "samples"))
        .isBetween(0.5 * value(wasserstein, "real"), 1.5 * value(wasserstein, "real"));
    for (String of : List.of("pixels", "features")) {
      JsonNode toldApart = metric(result, of, "C2ST accuracy");
      assertThat(value(toldApart, "wrong")).as(of).isGreaterThan(0.9);
      for (JsonNode test : List.of(toldApart, metric(result, of, "MMD^2, cubic kernel"))) {
        JsonNode chance = test.get("p_value");
        assertThat(chance.get(0).doubleValue()).as(of).isGreaterThan(0.001);
        assertThat(chance.get(1).doubleValue()).as(of).isGreaterThan(0.001);
        assertThat(chance.get(2).doubleValue()).as(of).isLessThan(0.001);
      }
    }
    JsonNode ratio = metric(result, "training", "ratio to real distance");
    assertThat(value(ratio, "samples")).isLessThan(1e-3);
    assertThat(result.get("nearest")).hasSize(8);
    for (JsonNode pair : result.get("nearest")) {
      assertThat(pair.get("distance").doubleValue()).isLessThan(1e-3);
      assertThat(pair.get("training_image")).isEqualTo(pair.get("sample"));
    }
  }

  @Test
  void sameNumbersForAnyNumberOfTasks() throws IOException {
    evaluate("--data", fresh, "--samples", "heun").succeeded();
    JsonNode two = result(run, "heun").get("metrics");
    tweedie("evaluate", "--run", run, "--data", fresh, "--samples", "heun", "--master", "local[1]")
        .succeeded();
    assertThat(result(run, "heun").get("metrics")).isEqualTo(two);
  }

  @Test
  void otherSystemsAreMeasuredTheSameWay() throws IOException {
    float[][] pixels = Images.pixels(fresh);
    Path folder = Files.createDirectory(temporary.resolve("pictures"));
    Path npz = npz(temporary.resolve("other.npz"), Arrays.copyOf(pixels, 30));
    for (int i = 0; i < 30; i++) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      for (int j = 0; j < SIZE * SIZE; j++) {
        image.getRaster().setSample(j % SIZE, j / SIZE, 0, Math.round(255 * pixels[i][j]));
      }
      ImageIO.write(image, "png", folder.resolve("%02d.png".formatted(i)).toFile());
    }
    evaluate("--samples", npz, "--data", fresh).succeeded();
    evaluate("--samples", folder, "--data", fresh).succeeded();
    assertThat(result(run, "other").get("metrics"))
        .isEqualTo(result(run, "pictures").get("metrics"));
  }

  /** A file of 8-bit images as NumPy would write it. */
  private static Path npz(Path file, float[][] images) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("arr_0.npy"));
      String header =
          "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d, %d, 1), }\n"
              .formatted(images.length, SIZE, SIZE);
      zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
      zip.write(new byte[] {(byte) header.length(), 0});
      zip.write(header.getBytes(StandardCharsets.US_ASCII));
      for (float[] image : images) {
        for (float pixel : image) {
          zip.write(Math.round(255 * pixel));
        }
      }
    }
    return file;
  }

  @Test
  void modesOfTheMixtureAreCounted() throws IOException {
    Path oracle = temporary.resolve("oracle");
    Path conf = Repository.conf("mixture.conf");
    tweedie(
            "sample",
            "--run",
            oracle,
            "--conf",
            conf,
            "--count",
            300,
            "-D",
            "tweedie.model.oracle=mixture",
            "-D",
            "tweedie.sample.batch-size=150")
        .succeeded();
    tweedie("evaluate", "--run", oracle).succeeded();
    JsonNode result = result(oracle, "dpm-solver");
    assertThat(result.get("data").asText()).isEqualTo("exact draws of the mixture");
    JsonNode modes = result.get("histograms").get(0);
    assertThat(modes.get("p_value").get(1).doubleValue()).isGreaterThan(0.001);
    JsonNode ratio = metric(result, "modes", "variance / true variance");
    assertThat(value(ratio, "real")).isBetween(0.8, 1.2);
    assertThat(value(ratio, "wrong")).isGreaterThan(2);
    JsonNode wasserstein = metric(result, "values", "sliced W2");
    assertThat(value(wasserstein, "real")).isLessThan(value(wasserstein, "wrong"));
    JsonNode stein = metric(result, "values", "KSD^2");
    JsonNode floor = stein.get("real");
    assertThat(floor.get("low").doubleValue()).isLessThan(0.1);
    assertThat(stein.get("wrong").get("low").doubleValue())
        .isGreaterThan(floor.get("high").doubleValue());
    assertThat(result.get("classifier")).isEmpty();
    assertThat(oracle.resolve("evaluation/classifier")).doesNotExist();
  }

  private Path shards(String name, ImageShape shape, int count, int label) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] pixels = new float[shape.dimension()];
      pixels[i % pixels.length] = 1;
      images.add(new LabeledImage(i, i == 0 ? -1 : label, shape, pixels));
    }
    Path directory = Files.createDirectory(temporary.resolve(name));
    ShardWriter.write(
        new org.apache.hadoop.fs.Path(directory.resolve("part-00000.parquet").toUri()),
        images,
        new Configuration());
    return directory;
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path small = shards("small", new ImageShape(8, 8, 1), 40, -1);
    Path few = shards("few", new ImageShape(SIZE, SIZE, 1), 19, -1);
    Path unlabelled = shards("unlabelled", new ImageShape(SIZE, SIZE, 1), 60, -1);
    Path partly = shards("partly", new ImageShape(SIZE, SIZE, 1), 60, 3);
    assertThat(evaluate("--data", small).refused().err())
        .contains(small + " holds images of 8x8x1, the model's are of 12x12x1");
    assertThat(evaluate("--samples", small).refused().err())
        .contains(small + " holds samples of 8x8x1, the model's are of 12x12x1");
    assertThat(evaluate("--samples", few).refused().err())
        .contains(few + " holds 19 samples; at least 20 are needed to measure them");
    assertThat(evaluate("--data", few).refused().err())
        .contains(few + " holds 19 images; at least 40 are needed, two halves of 20");
    assertThat(evaluate("--samples", "none").refused().err())
        .contains("--samples none is neither a directory in samples/ of the run");
    assertThat(evaluate("-D", "tweedie.data.path=" + unlabelled).refused().err())
        .contains("None of the 60 images of " + unlabelled + " has a label")
        .contains("-D tweedie.evaluate.classes=false");
    assertThat(evaluate("-D", "tweedie.data.path=" + partly).refused().err())
        .contains("Some images of " + partly + " have a label and others none");
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertThat(evaluate("--samples", empty).refused().err()).contains(empty + " holds no ");
    Files.createFile(empty.resolve("origin.json"));
    assertThat(evaluate("--samples", empty).refused().err())
        .contains(empty + " holds 0 samples; `tweedie sample` draws them");
    Path none = npz(temporary.resolve("none.npz"), new float[0][]);
    assertThat(evaluate("--samples", none).refused().err())
        .contains(none + " holds 0 samples; at least 20 are needed to measure them");
    assertThat(tweedie("evaluate", "--run", empty).refused().err())
        .contains(empty + " has no checkpoint: there is nothing to measure");
    assertThat(temporary.resolve("evaluation")).doesNotExist();
  }

  @Test
  void pixelsAloneNeedNoLabels() throws IOException {
    evaluate("--samples", "heun", "--data", fresh, "-D", "tweedie.evaluate.classes=false")
        .succeeded();
    assertThat(result(run, "heun").get("histograms")).isEmpty();
  }
}
