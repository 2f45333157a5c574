package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tweedie.whole.Commands.tweedie;
import static tweedie.whole.Commands.with;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.data.array.NpzNumbers;

/** Images to codes and back, and on the way from one to another. */
class CodesTest {

  private static final Object[] ORACLE = {
    "--conf", Repository.conf("mixture.conf"), "-D", "tweedie.model.oracle=mixture"
  };

  @TempDir Path temporary;

  private Path mixture() {
    Path data = temporary.resolve("data");
    tweedie(
            "import",
            "--from",
            "mixture",
            "--conf",
            Repository.conf("mixture.conf"),
            "--limit",
            60,
            "--images-per-shard",
            25,
            "--output",
            data)
        .succeeded();
    return data;
  }

  /** A command about the mixture, which no run has to be trained for. */
  private static Object[] oracle(Object... args) {
    return with(args, ORACLE);
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static double[] array(Path file, String name) throws IOException {
    return NpzNumbers.read(file.toString(), name, new Configuration()).values();
  }

  @Test
  void imagesComeBackFromTheirCodes() throws IOException {
    Path data = mixture();
    Path run = temporary.resolve("run"); // which nobody needs to train
    Path codes = temporary.resolve("codes");
    Path images = temporary.resolve("images");
    String printed =
        tweedie(oracle("encode", "--run", run, "--data", data, "--out", codes)).succeeded().out();
    tweedie(oracle("decode", "--run", run, "--codes", codes, "--out", images)).succeeded();

    assertThat(printed)
        .matches(
            "60 codes of mean square [\\d.]+; decoded again, a pixel differs by \\S+ \\(root mean square\\), in the worst image by \\S+\nfile:"
                + codes
                + "\n");
    List<LabeledImage> given = Images.read(data);
    List<LabeledImage> coded = Images.read(codes);
    List<LabeledImage> decoded = Images.read(images);
    double squares = 0;
    for (int i = 0; i < 60; i++) {
      assertThat(coded.get(i).id()).isEqualTo(given.get(i).id());
      assertThat(coded.get(i).label()).isEqualTo(given.get(i).label());
      assertThat(decoded.get(i).label()).isEqualTo(given.get(i).label());
      for (int j = 0; j < 2; j++) {
        squares += Math.pow(decoded.get(i).pixels()[j] - given.get(i).pixels()[j], 2);
      }
    }
    JsonNode said = json(codes.resolve("codes.json"));
    assertThat(said.get("model").textValue()).isEqualTo("the mixture of 3 components");
    assertThat(said.get("sigma_min").doubleValue()).isEqualTo(0.05);
    assertThat(said.get("sigma_max").doubleValue()).isEqualTo(10);
    assertThat(said.get("method").textValue()).isEqualTo("rk4");
    assertThat(said.get("steps").intValue()).isEqualTo(40);
    assertThat(said.get("images").intValue()).isEqualTo(60);
    double rms = said.get("reconstruction_rms").doubleValue();
    assertThat(rms).isBetween(1e-9, 1e-3).isCloseTo(Math.sqrt(squares / 120), within(1e-6));
    assertThat(said.get("reconstruction_largest").doubleValue()).isBetween(rms, 20 * rms);
    assertThat(said.get("mean_square").doubleValue())
        .isCloseTo(1, within(4 * Math.sqrt(2.0 / 120)));
    assertThat(images.resolve("grid.png")).doesNotExist();
    assertThat(run).doesNotExist();
  }

  @Test
  void arraysHoldTheSameAsShards() throws IOException {
    Path data = mixture();
    Object[] encode = oracle("encode", "--run", temporary.resolve("run"), "--data", data);
    Path shards = temporary.resolve("codes");
    Path array = temporary.resolve("codes.npz");
    Path images = temporary.resolve("images.npz");
    tweedie(with(encode, "--limit", 30, "--out", shards)).succeeded();
    tweedie(with(encode, "--limit", 30, "--out", array)).succeeded();
    tweedie(oracle("decode", "--run", temporary.resolve("run"), "--codes", array, "--out", images))
        .succeeded();

    List<LabeledImage> coded = Images.read(shards);
    assertThat(coded).hasSize(30);
    assertThat(array(array, "codes")).isEqualTo(ImageRows.doubles(ImageRows.of(coded)));
    assertThat(array(array, "ids"))
        .isEqualTo(coded.stream().mapToDouble(LabeledImage::id).toArray());
    assertThat(array(array, "labels"))
        .isEqualTo(coded.stream().mapToDouble(LabeledImage::label).toArray());
    assertThat(json(temporary.resolve("codes.json"))).isEqualTo(json(shards.resolve("codes.json")));
    assertThat(array(images, "ids")).isEqualTo(array(array, "ids"));
    double[] given = ImageRows.doubles(ImageRows.of(Images.read(data).subList(0, 30)));
    assertThat(array(images, "arr_0")).containsExactly(given, within(1e-3));
  }

  @Test
  void codesOfANetworkGiveItsImagesBackAndOnesBetween() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path codes = temporary.resolve("codes");
    Path images = temporary.resolve("images");
    Path run = digits.run();
    tweedie("encode", "--run", run, "--data", digits.fresh(), "--limit", 5, "--out", codes)
        .succeeded();
    tweedie("decode", "--run", run, "--codes", codes, "--out", images).succeeded();

    JsonNode said = json(codes.resolve("codes.json"));
    assertThat(said.get("round").intValue()).isEqualTo(2);
    assertThat(said.get("reconstruction_rms").doubleValue()).isLessThan(0.02);
    assertThat(ImageIO.read(images.resolve("grid.png").toFile()).getWidth())
        .isEqualTo(3 * (2 * TinyRuns.SIZE + 2) + 2);
    Path picture = temporary.resolve("a.png");
    draw(picture, Images.read(digits.fresh()).get(3));
    Path encoded = temporary.resolve("picture.npz");
    tweedie("encode", "--run", run, "--data", picture, "--out", encoded).succeeded();
    assertThat(array(encoded, "labels")).containsExactly(-1);
    assertThat(array(encoded, "codes"))
        .containsExactly(
            ImageRows.doubles(Images.read(codes).get(3).pixels()), within(1e-4)); // other batch

    Object[] interpolate = {"interpolate", "--run", run, "--from", 7, "--to", picture};
    Path strip = temporary.resolve("strip.png");
    Path between = temporary.resolve("between.npz");
    tweedie(with(interpolate, "--out", strip)).succeeded();
    tweedie(with(interpolate, "--steps", 3, "--out", between)).succeeded();
    assertThat(ImageIO.read(strip.toFile()).getWidth()).isEqualTo(10 * (2 * TinyRuns.SIZE + 2) + 2);
    int d = TinyRuns.SIZE * TinyRuns.SIZE;
    double[] ends = array(between, "arr_0");
    assertThat(ends).hasSize(3 * d);
    assertThat(ImageRows.row(ends, 2, d))
        .containsExactly(
            ImageRows.doubles(Images.read(digits.fresh()).get(3).pixels()), within(0.2));
    assertThat(ImageRows.row(array(between, "codes"), 2, d))
        .containsExactly(array(encoded, "codes"), within(1e-4));
  }

  private static void draw(Path file, LabeledImage image) throws IOException {
    int size = TinyRuns.SIZE;
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    IntStream.range(0, size * size)
        .forEach(
            i ->
                picture
                    .getRaster()
                    .setSample(i % size, i / size, 0, Math.round(255 * image.pixels()[i])));
    ImageIO.write(picture, "png", file.toFile());
  }

  /** A network of stacked copies has a flow for one spread of them. */
  @Test
  void anImageKeepsTheSpreadOfItsCopies() throws IOException {
    Path conf = TinyRuns.prepare(temporary, 1, 1);
    Path run = temporary.resolve("run");
    Path codes = temporary.resolve("codes");
    tweedie("train", "--conf", conf, "--run", run, "-D", "tweedie.model.input=stacked").succeeded();
    tweedie("encode", "--run", run, "--data", temporary.resolve("data"), "--out", codes)
        .succeeded();
    assertThat(json(codes.resolve("codes.json")).get("reconstruction_rms").doubleValue())
        .isLessThan(1e-2);
    assertThat(
            tweedie(
                    "decode",
                    "--run",
                    run,
                    "--codes",
                    codes,
                    "--out",
                    temporary.resolve("images"),
                    "-D",
                    "tweedie.seed=99")
                .refused()
                .err())
        .contains("they are for copies drawn from tweedie.seed = ", ", the settings for 99.");
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsWritten() throws IOException {
    TinyRuns.Digits digits = TinyRuns.digits();
    Path run = digits.run();
    Path data = mixture();
    Path none = temporary.resolve("none");
    Path out = temporary.resolve("out");
    Path codes = temporary.resolve("codes");
    tweedie("encode", "--run", run, "--data", digits.fresh(), "--limit", 1, "--out", codes)
        .succeeded();
    Path arrays = Files.createDirectory(temporary.resolve("arrays"));
    tweedie(
            "interpolate",
            "--run",
            run,
            "--from",
            0,
            "--to",
            1,
            "--steps",
            2,
            "--out",
            arrays.resolve("a.npz"))
        .succeeded();
    List<String> before = Trees.names(temporary);

    refused(
        "file:" + data + " already exists; name a new directory\n",
        "encode",
        "--run",
        run,
        "--data",
        digits.fresh(),
        "--out",
        data);
    refused(
        data + " holds images of 1x1x2, the model's are of 12x12x1\n",
        "encode",
        "--run",
        run,
        "--data",
        data,
        "--out",
        out);
    refused(none + " does not exist\n", "encode", "--run", run, "--data", none, "--out", out);
    refused(
        "The run file:" + none + " has no checkpoint to encode with; train it first.\n",
        "encode",
        "--run",
        none,
        "--data",
        data,
        "--out",
        out);
    refused(
        "Codes need a range of noise: tweedie.code.sigma-min, 3.0, must be less than tweedie.code.sigma-max, 2.0 (where one is 0, it is what was trained)\n",
        "encode",
        "--run",
        run,
        "--data",
        data,
        "--out",
        out,
        "-D",
        "tweedie.code.sigma-min=3",
        "-D",
        "tweedie.code.sigma-max=2");
    refused(
        codes + " holds codes of 12x12x1, the model's are of 1x1x2\n",
        oracle("decode", "--run", none, "--codes", codes, "--out", out));
    refused(
        "There is no file:%s/codes.json that says whose codes these are; --force takes them for codes of the run %s\n"
            .formatted(digits.fresh(), run),
        "decode",
        "--run",
        run,
        "--codes",
        digits.fresh(),
        "--out",
        out);
    refused(
        arrays
            + "/a.npz has no array ids, only [arr_0.npy, codes.npy]; numpy.savez(FILE, ids=..) writes it\n",
        "decode",
        "--run",
        run,
        "--codes",
        arrays.resolve("a.npz"),
        "--out",
        out);
    refused(
        "--to 400: %s holds no image of that number\n".formatted(digits.training()),
        "interpolate",
        "--run",
        run,
        "--from",
        1,
        "--to",
        400,
        "--out",
        out + ".png");
    refused(
        none + " does not exist\n",
        "interpolate",
        "--run",
        run,
        "--from",
        none,
        "--to",
        1,
        "--out",
        out + ".png");
    Object[] other = {"decode", "--run", run, "--codes", codes, "--checkpoint", 1, "--out", out};
    assertThat(tweedie(other).refused().err())
        .matches(
            "The codes of "
                + codes
                + " do not fit the run .*: they are of the network after round 2 \\(\\S+\\), the run has the network after round 1 \\(\\S+\\)\\. Name .*\n");
    assertThat(Trees.names(temporary)).isEqualTo(before);
    tweedie(with(other, "--force")).succeeded();
    assertThat(Images.read(out)).hasSize(1);
  }

  private static void refused(String sentence, Object... args) {
    assertThat(tweedie(args).refused().err()).isEqualTo(sentence);
  }
}
