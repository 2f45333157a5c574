package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.array.NpyVector;
import tweedie.data.array.NpzReader;
import tweedie.whole.Commands.Outcome;

/** What other programs read of a run, and pictures that a run denoises. */
class OutputsTest {

  private static final ImageShape SHAPE = new ImageShape(8, 8, 1);

  @TempDir static Path made;
  private static Path run;

  @TempDir Path temporary;

  @BeforeAll
  static void trainAndSample() throws IOException {
    Path data = Images.write(Files.createDirectory(made.resolve("data")), SHAPE, 2, 16);
    Path conf =
        Files.writeString(
            made.resolve("small.conf"),
            """
            tweedie {
              data.path = "%s"
              noise { copies = 2, edm { sigma-min = 0.02, sigma-max = 5 } }
              model { channels = [4, 8], halvings = 1, embedding = 8, input = stacked }
              train { epochs = 2, batch-size = 8, threads-per-worker = 1 }
              sample { method = heun, batch-size = 3, levels = 3 }
            }
            """
                .formatted(data));
    run = made.resolve("run");
    tweedie("train", "--conf", conf, "--run", run).succeeded();
    tweedie("sample", "--run", run, "--count", 7).succeeded();
  }

  @Test
  void weightsAreTheMovingAverageUnderTheirNames() throws IOException {
    Path out = temporary.resolve("weights.npz");
    assertThat(tweedie("export", "--run", run, "--what", "weights", "--out", out).succeeded().out())
        .matches("\\d+ weights after round 2: file:" + out + "\n");

    List<String> names = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(out))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
        if (!entry.getName().startsWith("constant.")) {
          byte[] npy = zip.readAllBytes();
          ByteBuffer numbers = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
          for (numbers.position(10 + numbers.getShort(8)); numbers.hasRemaining(); ) {
            values.add(numbers.getFloat());
          }
        }
      }
    }
    assertThat(names)
        .startsWith("noise.npy", "in.npy", "down0.block0.noise.npy")
        .endsWith(
            "out.gain.npy",
            "constant.frequencies.npy",
            "constant.phases.npy",
            "constant.data_mean.npy",
            "constant.data_std.npy",
            "constant.shape.npy",
            "constant.copies.npy",
            "constant.score.npy",
            "constant.silu_magnitude.npy",
            "constant.branch_magnitude.npy",
            "constant.halvings.npy");
    assertThat(values).containsExactly(floats(run.resolve("checkpoints/round-000002/ema.npy")));

    Path first = temporary.resolve("first.npz");
    tweedie("export", "--run", run, "--what", "weights", "--checkpoint", 1, "--out", first)
        .succeeded();
    assertThat(Files.readAllBytes(first)).isNotEqualTo(Files.readAllBytes(out));
  }

  private static Float[] floats(Path npy) throws IOException {
    float[] values = NpyVector.decode(Files.readAllBytes(npy));
    Float[] boxed = new Float[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }
    return boxed;
  }

  @Test
  void samplesAreBytesInTheOrderOfTheirChains() throws IOException {
    Path out = temporary.resolve("samples.npz");
    assertThat(tweedie("export", "--run", run, "--what", "samples", "--out", out).succeeded().out())
        .isEqualTo("7 samples heun of 8x8x1: file:" + out + "\n");

    float[][] drawn = Images.pixels(run.resolve("samples/heun"));
    try (NpzReader read = NpzReader.open(out.toString(), new Configuration())) {
      assertThat(read.count()).isEqualTo(7);
      assertThat(read.shape()).isEqualTo(SHAPE);
      for (float[] image : drawn) {
        float[] exported = read.next();
        for (int j = 0; j < image.length; j++) {
          assertThat(exported[j] * 255)
              .isEqualTo(Math.round(255 * Math.min(1, Math.max(0, image[j]))));
        }
      }
    }
    assertThat(Trees.names(temporary)).containsExactly("samples.npz");
  }

  @Test
  void severalSetsOfSamplesNeedAName() throws IOException {
    Path copy = Trees.copy(run, temporary.resolve("copy"));
    tweedie("sample", "--run", copy, "--count", 1, "--name", "other").succeeded();
    Path out = temporary.resolve("a.npz");

    assertThat(exported(copy, out, "--what", "samples").refused().err())
        .isEqualTo(
            "--name must choose samples; the run file:%s has samples named heun, other.\n"
                .formatted(copy));
    assertThat(exported(copy, out, "--what", "samples", "--name", "none").refused().err())
        .isEqualTo(
            "There are no samples named none; the run file:%s has samples named heun, other.\n"
                .formatted(copy));
    assertThat(out).doesNotExist();
    assertThat(exported(copy, out, "--what", "samples", "--name", "other").succeeded().out())
        .startsWith("1 samples other of 8x8x1: ");
    assertThat(exported(copy, out, "--what", "samples", "--name", "other").refused().err())
        .isEqualTo("file:" + out + " already exists; name a new file\n");
  }

  @Test
  void whatARunHasNotGotCannotBeExported() {
    Path nothing = temporary.resolve("nothing");
    Path out = temporary.resolve("a.npz");
    assertThat(exported(nothing, out, "--what", "weights").refused().err())
        .isEqualTo(
            "The run file:%s has no checkpoint to export; train it first.\n".formatted(nothing));
    assertThat(exported(nothing, out, "--what", "samples").refused().err())
        .isEqualTo(
            "The run file:%s has no samples; draw some first with tweedie sample.\n"
                .formatted(nothing));
    assertThat(exported(run, out, "--what", "weights", "--checkpoint", "9").refused().err())
        .contains("There is no checkpoint of round 9: ");
    assertThat(temporary).isEmptyDirectory();
  }

  private static Outcome exported(Path run, Path out, String... options) {
    List<Object> line = new ArrayList<>(List.of("export", "--run", run, "--out", out));
    line.addAll(List.of(options));
    return tweedie(line.toArray());
  }

  @Test
  void everyPictureIsDenoisedAndCompared() throws IOException {
    Path input = pictures("a.png", "b.png");
    Path out = temporary.resolve("out");
    Outcome outcome =
        tweedie(
            "denoise", "--run", run, "--input", input, "--sigma", 0.2, "--out", out, "--add-noise");

    assertThat(outcome.succeeded().out())
        .matches(
            "a: 1\\d\\.\\d\\d dB noisy, [\\d.]+ dB denoised\n"
                + "b: 1\\d\\.\\d\\d dB noisy, [\\d.]+ dB denoised\n"
                + "file:\\Q%s\\E\n".formatted(out));
    assertThat(Trees.names(out)).containsExactly("a.png", "b.png", "comparison.png");
    assertThat(Trees.names(temporary)).containsExactly("in", "out");
    BufferedImage denoised = ImageIO.read(out.resolve("a.png").toFile());
    assertThat(denoised.getWidth()).isEqualTo(8);
    BufferedImage comparison = ImageIO.read(out.resolve("comparison.png").toFile());
    assertThat(comparison.getWidth()).as("clean, noisy, denoised").isEqualTo(2 + 3 * (16 + 2));
    assertThat(comparison.getHeight()).isEqualTo(2 + 2 * (16 + 2));
    assertThat(comparison.getRaster().getSample(2 + 36, 2, 0))
        .isEqualTo(denoised.getRaster().getSample(0, 0, 0));
  }

  @Test
  void denoisingAgainGivesTheSameAndAnotherSeedAnother() throws IOException {
    Path input = pictures("a.png");
    List<byte[]> results = new ArrayList<>();
    for (String seed : List.of("5", "5", "6")) {
      Path out = temporary.resolve("out" + results.size());
      tweedie(
              "denoise",
              "--run",
              run,
              "--input",
              input,
              "--sigma",
              0.3,
              "--out",
              out,
              "--add-noise",
              "--seed",
              seed)
          .succeeded();
      results.add(Files.readAllBytes(out.resolve("a.png")));
    }

    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isNotEqualTo(results.get(0));
  }

  @Test
  void copiesOfOneSceneAreFused() throws IOException {
    Path picture = pictures("a.png").resolve("a.png");
    double[] before = new double[2];
    for (int i = 0; i < 2; i++) {
      String copies = String.join(",", Collections.nCopies(i == 0 ? 2 : 8, picture.toString()));
      Path out = temporary.resolve("fused" + i + ".png");
      String printed =
          tweedie(
                  "denoise",
                  "--run",
                  run,
                  "--copies",
                  copies,
                  "--sigma",
                  0.3,
                  "--out",
                  out,
                  "--add-noise")
              .succeeded()
              .out();
      Matcher line =
          Pattern.compile("mean of [28] copies: ([\\d.]+) dB noisy, [\\d.]+ dB denoised\n.*\n")
              .matcher(printed);
      assertThat(line.matches()).as(printed).isTrue();
      before[i] = Double.parseDouble(line.group(1));
      assertThat(ImageIO.read(out.toFile()).getHeight()).isEqualTo(8);
    }
    assertThat(before[1] - before[0]).as("four times the copies").isBetween(3.0, 9.0);
  }

  @Test
  void whatCannotBeDenoisedIsNamedAndNothingIsWritten() throws IOException {
    Path input = pictures("a.png");
    Path out = temporary.resolve("out");
    ImageIO.write(
        new BufferedImage(9, 8, BufferedImage.TYPE_BYTE_GRAY),
        "png",
        input.resolve("wide.png").toFile());
    assertThat(denoised(run, input, out).refused().err())
        .isEqualTo(
            "file:%s/wide.png is 8x9 (height x width), but the model is for images of 8x8; nothing is resized\n"
                .formatted(input));
    Files.move(input.resolve("wide.png"), input.resolve("a.jpg"));
    Files.copy(input.resolve("a.png"), input.resolve("a.jpg"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(denoised(run, input, out).refused().err())
        .isEqualTo(
            "file:%1$s/a.png would be written as a.png, as file:%1$s/a.jpg is; rename it\n"
                .formatted(input));
    assertThat(denoised(temporary.resolve("none"), input.resolve("a.png"), out).refused().err())
        .isEqualTo(
            "The run file:%s has no checkpoint to denoise with; train it first.\n"
                .formatted(temporary.resolve("none")));
    assertThat(
            tweedie(
                    "denoise",
                    "--run",
                    run,
                    "--input",
                    input.resolve("a.png"),
                    "--sigma",
                    1,
                    "--out",
                    out,
                    "-D",
                    "tweedie.model.oracle=mixture",
                    "-D",
                    "tweedie.data.mixture.weights=[1]",
                    "-D",
                    "tweedie.data.mixture.means=[[0]]",
                    "-D",
                    "tweedie.data.mixture.stds=[1]")
                .refused()
                .err())
        .contains("is of an oracle (tweedie.model.oracle = mixture), whose data are vectors");
    assertThat(denoised(run, input.resolve("a.png"), input).refused().err())
        .isEqualTo("file:" + input + " already exists; name a new directory\n");
    assertThat(Trees.names(temporary)).containsExactly("in");
  }

  private static Outcome denoised(Path run, Path input, Path out) {
    return tweedie("denoise", "--run", run, "--input", input, "--sigma", 1, "--out", out);
  }

  private Path pictures(String... names) throws IOException {
    Path input = Files.createDirectory(temporary.resolve("in"));
    for (String name : names) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < 64; i++) {
        image.getRaster().setSample(i % 8, i / 8, 0, i * 37 % 256);
      }
      ImageIO.write(image, "png", input.resolve(name).toFile());
    }
    return input;
  }
}
