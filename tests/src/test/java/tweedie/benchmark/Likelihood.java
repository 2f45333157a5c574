package tweedie.benchmark;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tweedie.device.NativeThreads;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.Divergence;
import tweedie.evaluate.likelihood.FlowLikelihood;
import tweedie.evaluate.likelihood.FlowSolver;
import tweedie.evaluate.likelihood.Probe;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** The density of some images, as the likelihood job measures it, in fewer steps. */
@State(Scope.Thread)
public class Likelihood implements Subject {

  private static final double LEAST = 0.01;
  private static final double MOST = 10;

  @Param("mnist")
  public String preset;

  @Param("32")
  public int batch;

  @Param("1")
  public int steps;

  @Param("0")
  public int threads;

  @Param("auto")
  public String engine = "auto";

  private NetworkDenoiser denoiser;
  private FlowLikelihood flow;
  private double[] y;
  private long[] ids;

  @Override
  @Setup
  public void begin() {
    Benchmarked.computedBy(engine);
    NativeThreads.use(threads);
    NetworkSettings network = Benchmarked.preset(preset).network(Benchmarked.SHAPE);
    denoiser = new NetworkDenoiser(network, Benchmarked.weights(network));
    int d = denoiser.dimension();
    flow =
        new FlowLikelihood(
            new DataNormal(new double[d], 0.1),
            MOST,
            new FlowSolver.Grid(FlowSolver.Method.RK4, steps),
            new Divergence.Hutchinson(Probe.RADEMACHER, 1));
    y = new double[batch * d];
    Draws draws = Draws.of(Benchmarked.SEED, Purpose.ORACLE, 0, 1);
    Arrays.setAll(y, j -> draws.uniform());
    ids = LongStream.range(0, batch).toArray();
  }

  @Override
  @Benchmark
  public int run() {
    return flow.logDensity(denoiser, y, LEAST, Benchmarked.SEED, ids, 0).length;
  }

  @Override
  @TearDown
  public void close() {
    denoiser.close();
  }
}
