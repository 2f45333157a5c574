package tweedie.driver.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.Python;
import tweedie.Python.Ran;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;
import tweedie.network.Network;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.round.TrainingState;

/** docs/rebuild.py, given what is exported, against what the program computes. */
class RebuildTest {

  private static final double[] LEVELS = {0.01, 0.3, 2, 25};
  private static final ImageShape GRAY = new ImageShape(12, 8, 1);
  private static final ImageShape ODD = new ImageShape(7, 5, 3);
  private static final ImageShape UNEVEN = new ImageShape(6, 10, 3);

  @TempDir Path temporary;

  static Stream<Arguments> networks() {
    return Stream.of(
        arguments("gray with waves", unet(GRAY, 2, 1, Output.DENOISER, 1.0, 8.5)),
        arguments("colour of odd size", unet(ODD, 0, 1, Output.DENOISER)),
        arguments("colour, odd after halving", unet(UNEVEN, 1, 1, Output.SCORE)),
        arguments("stacked copies with waves", unet(UNEVEN, 1, 2, Output.DENOISER, 3.0)),
        arguments("stacked copies, score", unet(GRAY, 1, 2, Output.SCORE)),
        arguments("classes", unet(UNEVEN, 1, 1, Output.DENOISER).withClasses(3)),
        arguments(
            "attention",
            unet(UNEVEN, 1, 1, Output.DENOISER).withAttention(List.of(UNEVEN.height() / 2))),
        arguments("vectors", mlp(1, Output.DENOISER)),
        arguments("vectors, score", mlp(1, Output.SCORE)),
        arguments("stacked vectors with waves", mlp(2, Output.DENOISER, 0.25)));
  }

  private static NetworkSettings unet(
      ImageShape shape, int halvings, int copies, Output output, Double... frequencies) {
    Input input = copies > 1 ? Input.STACKED : Input.MEAN;
    return new NetworkSettings(
        shape,
        Kind.UNET,
        List.of(4, 6, 8),
        halvings,
        2,
        0,
        0,
        8,
        input,
        copies,
        output,
        0.3,
        0.4,
        List.of(frequencies));
  }

  private static NetworkSettings mlp(int copies, Output output, Double... frequencies) {
    Input input = copies > 1 ? Input.STACKED : Input.MEAN;
    return new NetworkSettings(
        new ImageShape(1, 1, 5),
        Kind.MLP,
        List.of(),
        0,
        0,
        16,
        2,
        8,
        input,
        copies,
        output,
        -0.3,
        1.4,
        List.of(frequencies));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void whatIsExportedIsEnoughToComputeWhatTheProgramComputes(String name, NetworkSettings settings)
      throws IOException {
    requireNumpy();
    float[] weights = weights(settings);
    export(settings, weights);
    int d = settings.shape().dimension();
    int m = settings.images();
    float[] y = new float[LEVELS.length * m * d];
    float[] s = ImageRows.floats(LEVELS);
    float[] denoised = new float[LEVELS.length * d];
    float[] of = new float[LEVELS.length];
    for (int i = 0; i < of.length; i++) {
      of[i] = i % (settings.classes() + 1) - 1;
    }
    Draws draws = Draws.of(7, Purpose.NOISE, 0, 0);
    try (NetworkDenoiser denoiser = new NetworkDenoiser(settings, weights)) {
      for (int i = 0; i < LEVELS.length; i++) {
        CopyNoise noise = CopyNoise.ofMean(s[i], m);
        for (int j = 0; j < m * d; j++) {
          y[i * m * d + j] = (float) (0.5 + noise.sigma() * draws.gaussian());
        }
        double[] copies = ImageRows.doubles(Arrays.copyOfRange(y, i * m * d, (i + 1) * m * d));
        double[] one =
            settings.classes() > 0
                ? told(denoiser, copies, s[i], of[i])
                : denoiser.denoise(copies, noise);
        System.arraycopy(ImageRows.floats(one), 0, denoised, i * d, d);
      }
    }
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(temporary.resolve("check.npz")))) {
      write(npz, "y", y, LEVELS.length, m, d);
      write(npz, "s", s, LEVELS.length);
      write(npz, "of", of, LEVELS.length);
      write(npz, "denoised", denoised, LEVELS.length, d);
    }

    Ran ran =
        python(
            """
            check = numpy.load("check.npz")
            rebuilt = rebuild.denoise(rebuild.load("weights.npz"), check["y"], check["s"], check["of"])
            apart = abs(rebuilt - check["denoised"]).max(1) / abs(check["denoised"]).max(1)
            print(len(apart), apart.max())
            """);
    assertThat(ran.status()).as(ran.output()).isZero();
    String[] words = ran.output().strip().split(" ");
    assertThat(words[0]).isEqualTo("" + LEVELS.length);
    assertThat(Double.parseDouble(words[1])).isLessThan(1e-5);
  }

  private static double[] told(NetworkDenoiser denoiser, double[] y, double s, float of) {
    double[] denoised = new double[y.length];
    denoiser.ofClasses(new int[] {(int) of}).denoise(y, new double[] {s}, denoised);
    return denoised;
  }

  @Test
  void whatAnOlderVersionExportedIsRefusedInASentence() throws IOException {
    requireNumpy();
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(temporary.resolve("weights.npz")))) {
      write(npz, "in", new float[4], 2, 2);
      write(npz, "constant.data_mean", new float[1], 1);
    }
    Ran ran = python("rebuild.load('weights.npz')");

    assertThat(ran.status()).isNotZero();
    assertThat(ran.output())
        .endsWith(
            "ValueError: weights.npz is of an older version of tweedie, which left out constants that D hangs on: export it again\n");
  }

  /** Initial weights with every gain that starts at 0 set to 0.7. */
  private static float[] weights(NetworkSettings settings) {
    try (Network network = new Network(settings)) {
      float[] values = network.initialParameters(3);
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] == 0 ? 0.7f : values[i];
      }
      return values;
    }
  }

  private void export(NetworkSettings settings, float[] weights) throws IOException {
    Checkpoint checkpoint =
        new Checkpoint(settings, TrainingState.initial(weights), Optional.empty());
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(temporary.resolve("weights.npz")))) {
      Export.write(checkpoint, npz);
    }
  }

  private static void write(NpzWriter npz, String name, float[] values, long... shape)
      throws IOException {
    npz.begin(name, NpyHeader.of(Type.FLOAT32, shape));
    npz.write(values);
  }

  private Python python() {
    return new Python(temporary, Path.of("..", "docs"));
  }

  private void requireNumpy() throws IOException {
    python().require("docs/rebuild.py is not tried");
  }

  private Ran python(String program) throws IOException {
    return python().run("import rebuild\n" + program);
  }
}
