package tweedie.benchmark;

import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tweedie.device.NativeThreads;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.WalkJump;

/** Short chains, each of {@value #CALLS} calls of the network whatever the method. */
@State(Scope.Thread)
public class Sampling implements Subject {

  static final int CALLS = 11;

  @Param({"annealed", "heun", "walk-jump"})
  public String method;

  @Param({"16", "64", "512"})
  public int batch;

  @Param("mnist")
  public String preset;

  @Param("0")
  public int threads;

  private NetworkDenoiser denoiser;
  private Sampler sampler;
  private long[] chains;

  static Sampler sampler(String method) {
    double s = 0.5;
    Sampler sampler =
        switch (method) {
          case "annealed" ->
              new AnnealedLangevin(
                  start(s), NoiseLevels.geometric(s, 0.48, 2), 0.2, 5, Ending.JUMP);
          case "heun" -> new Heun(start(10), NoiseLevels.karras(10, 0.01, 6, 7));
          case "walk-jump" ->
              new WalkJump(
                  start(s),
                  s,
                  new Integrator(Scheme.ABOBA, 0.5 * s, 1, new Friction(Per.TIME, 0.5)),
                  0,
                  10,
                  1);
          default -> throw new IllegalArgumentException("No method " + method);
        };
    if (sampler.calls() != CALLS) {
      throw new IllegalStateException(method + " calls " + sampler.calls() + " times");
    }
    return sampler;
  }

  private static ChainStart start(double std) {
    return new ChainStart(new double[Benchmarked.SHAPE.dimension()], std);
  }

  @Override
  @Setup
  public void begin() {
    NativeThreads.use(threads);
    NetworkSettings network = Benchmarked.preset(preset).network(Benchmarked.SHAPE);
    denoiser = new NetworkDenoiser(network, Benchmarked.weights(network));
    sampler = sampler(method);
    chains = LongStream.range(0, batch).toArray();
  }

  @Override
  @Benchmark
  public int run() {
    if (sampler.sample(denoiser, Benchmarked.SEED, chains).chains().length != batch) {
      throw new IllegalStateException("A chain was stopped");
    }
    return batch;
  }

  @Override
  @TearDown
  public void close() {
    denoiser.close();
  }
}
