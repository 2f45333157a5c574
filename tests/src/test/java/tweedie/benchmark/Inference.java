package tweedie.benchmark;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tweedie.device.NativeThreads;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** A call of the denoiser as samplers make it. */
@State(Scope.Thread)
public class Inference implements Subject {

  @Param({"seed", "mnist"})
  public String preset;

  @Param("64")
  public int batch;

  @Param("0")
  public int threads;

  @Param("auto")
  public String engine = "auto";

  private NetworkDenoiser denoiser;
  private double[] y;
  private double[] s;
  private double[] out;

  @Override
  @Setup
  public void begin() {
    Benchmarked.computedBy(engine);
    NativeThreads.use(threads);
    NetworkSettings network = Benchmarked.preset(preset).network(Benchmarked.SHAPE);
    denoiser = new NetworkDenoiser(network, Benchmarked.weights(network));
    y = new double[batch * denoiser.dimension()];
    out = new double[y.length];
    s = new double[batch];
    Arrays.fill(s, 0.5);
    Draws draws = Draws.of(Benchmarked.SEED, Purpose.ORACLE, 0, 1);
    Arrays.setAll(y, j -> draws.gaussian());
  }

  @Override
  @Benchmark
  public int run() {
    denoiser.denoise(y, s, out);
    return batch;
  }

  @Override
  @TearDown
  public void close() {
    denoiser.close();
  }
}
