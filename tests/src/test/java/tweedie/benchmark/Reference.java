package tweedie.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;
import tweedie.network.Network;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Weights, and what the network and the samplers make of them: the PyTorch twin is compared with
 * these before its speed is. Weights are in the layout of {@code tweedie export}.
 */
final class Reference {

  private static final int N = 8;
  private static final int D = Benchmarked.SHAPE.dimension();

  private Reference() {}

  static void write(String preset, Path file) throws IOException {
    NetworkSettings settings = Benchmarked.preset(preset).network(Benchmarked.SHAPE);
    float[] weights = Benchmarked.weights(settings);
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      step(npz, settings, weights);
      samplers(npz, settings, weights);
    }
  }

  /** D, and the gradient of the sum of w |D - x|^2 / d. */
  private static void step(NpzWriter npz, NetworkSettings settings, float[] weights)
      throws IOException {
    Draws draws = Draws.of(Benchmarked.SEED, Purpose.ORACLE, 0, 2);
    float[] rows = new float[N * (D + 1)];
    float[] x = new float[N * D];
    float[] y = new float[N * D];
    float[] s = new float[N];
    float[] w = new float[N];
    for (int i = 0; i < N; i++) {
      s[i] = (float) Math.exp(draws.gaussian());
      w[i] = (float) (1 + draws.uniform());
      for (int j = 0; j < D; j++) {
        x[i * D + j] = (float) draws.uniform();
        y[i * D + j] = (float) (x[i * D + j] + s[i] * draws.gaussian());
        rows[i * (D + 1) + j] = y[i * D + j];
      }
      rows[i * (D + 1) + D] = s[i];
    }
    float[] denoised = new float[N * D];
    try (Network network = new Network(settings);
        INDArray parameters = Nd4j.createFromArray(weights);
        INDArray gradients = Nd4j.createFromArray(new float[weights.length])) {
      network.bind(parameters, gradients);
      network.forward(rows, N, denoised);
      float[] gradient = new float[N * D];
      for (int k = 0; k < gradient.length; k++) {
        gradient[k] = 2 * w[k / D] * (denoised[k] - x[k]) / D;
      }
      network.backward(gradient, N);
      named(npz, "", network, weights);
      named(npz, "check.gradient.", network, gradients.data().asFloat());
      for (Map.Entry<String, float[]> constant : network.constants().entrySet()) {
        array(npz, "constant." + constant.getKey(), constant.getValue());
      }
    }
    array(npz, "check.x", x, N, D);
    array(npz, "check.y", y, N, D);
    array(npz, "check.s", s);
    array(npz, "check.w", w);
    array(npz, "check.denoised", denoised, N, D);
  }

  /** Where chains begin, the normal numbers of their steps, and where they end. */
  private static void samplers(NpzWriter npz, NetworkSettings settings, float[] weights)
      throws IOException {
    float[] noise = new float[Sampling.CALLS * N * D];
    for (int step = 0; step < Sampling.CALLS; step++) {
      for (int chain = 0; chain < N; chain++) {
        Draws draws = Draws.of(Benchmarked.SEED, Purpose.CHAIN, chain, step);
        for (int j = 0; j < D; j++) {
          noise[(step * N + chain) * D + j] = (float) draws.gaussian();
        }
      }
    }
    array(npz, "check.noise", noise, Sampling.CALLS, N, D);
    long[] chains = LongStream.range(0, N).toArray();
    try (NetworkDenoiser denoiser = new NetworkDenoiser(settings, weights)) {
      for (String method : new String[] {"annealed", "heun", "walk-jump"}) {
        double[] images =
            Sampling.sampler(method).sample(denoiser, Benchmarked.SEED, chains).images();
        float[] floats = new float[images.length];
        for (int k = 0; k < floats.length; k++) {
          floats[k] = (float) images[k];
        }
        array(npz, "check." + method, floats, N, D);
      }
    }
  }

  private static void named(NpzWriter npz, String prefix, Network network, float[] all)
      throws IOException {
    for (ParameterShape parameter : network.parameters()) {
      int from = (int) parameter.offset();
      int length = (int) Arrays.stream(parameter.shape()).reduce(1, (a, b) -> a * b);
      array(
          npz,
          prefix + parameter.name(),
          Arrays.copyOfRange(all, from, from + length),
          parameter.shape());
    }
  }

  private static void array(NpzWriter npz, String name, float[] values, long... shape)
      throws IOException {
    npz.begin(
        name, NpyHeader.of(Type.FLOAT32, shape.length == 0 ? new long[] {values.length} : shape));
    npz.write(values);
  }
}
