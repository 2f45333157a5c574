package tweedie.driver.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.Network;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;

/**
 * A trained network. A process loads it as often as tasks work at the same time, not once for every
 * task: the object is broadcast, and keeps the denoisers that tasks have given back.
 */
final class TrainedModel implements RunModel {

  private static final long serialVersionUID = 1L;

  private final NetworkSettings network;
  private final float[] parameters;
  private final int round;
  private transient Map<Integer, Deque<NetworkDenoiser>> idleByDevice;

  /**
   * @param parameters [P]
   * @param round after which the network had them
   */
  TrainedModel(NetworkSettings network, float[] parameters, int round) {
    this.network = network;
    this.parameters = parameters;
    this.round = round;
  }

  @Override
  public String name() {
    return "the network after round " + round;
  }

  @Override
  public int round() {
    return round;
  }

  /** A hash of architecture and weights. */
  @Override
  public String fingerprint() {
    byte[] architecture = network.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(architecture.length + Float.BYTES * parameters.length)
            .put(architecture);
    for (float parameter : parameters) {
      bytes.putFloat(parameter);
    }
    return UUID.nameUUIDFromBytes(bytes.array()).toString();
  }

  @Override
  public ImageShape shape() {
    return network.shape();
  }

  @Override
  public Denoiser denoiser() {
    return differentiable();
  }

  @Override
  public DifferentiableDenoiser differentiable() {
    int device = Nd4j.getAffinityManager().getDeviceForCurrentThread();
    NetworkDenoiser idle;
    synchronized (this) {
      idle = idle(device).poll();
    }
    return new Lent(device, idle == null ? new NetworkDenoiser(network, parameters) : idle);
  }

  @Override
  public int largestBatch(long bytes) {
    try (Network sized = new Network(network)) {
      return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / sized.bytesPerImage()));
    }
  }

  @Override
  public boolean seesCopies() {
    return network.input() == NetworkSettings.Input.STACKED && network.copies() > 1;
  }

  @Override
  public List<WalkStatistic> walkStatistics(double s) {
    return WalkStatistic.projections(network.shape().dimension());
  }

  @Override
  public synchronized void free() {
    if (idleByDevice != null) {
      idleByDevice.values().forEach(idle -> idle.forEach(NetworkDenoiser::close));
      idleByDevice.clear();
    }
  }

  /** How many denoisers of this process no task uses. */
  synchronized int idle() {
    return idleByDevice == null ? 0 : idleByDevice.values().stream().mapToInt(Deque::size).sum();
  }

  private synchronized void giveBack(int device, NetworkDenoiser denoiser) {
    idle(device).push(denoiser);
  }

  private Deque<NetworkDenoiser> idle(int device) {
    if (idleByDevice == null) { // after the way to another process
      idleByDevice = new HashMap<>();
    }
    return idleByDevice.computeIfAbsent(device, none -> new ArrayDeque<>());
  }

  /** A denoiser until its task closes it. */
  private final class Lent implements DifferentiableDenoiser {

    private final int device;
    private final NetworkDenoiser denoiser;

    Lent(int device, NetworkDenoiser denoiser) {
      this.device = device;
      this.denoiser = denoiser;
    }

    @Override
    public int dimension() {
      return denoiser.dimension();
    }

    @Override
    public Denoiser forChains(long seed, long[] chains) {
      return denoiser.forChains(seed, chains);
    }

    @Override
    public DifferentiableDenoiser fixedFor(long seed, long[] chains) {
      return denoiser.fixedFor(seed, chains);
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      denoiser.denoise(y, s, out);
    }

    @Override
    public double[] denoise(double[] copies, CopyNoise noise) {
      return denoiser.denoise(copies, noise);
    }

    @Override
    public void denoise(
        double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
      denoiser.denoise(y, s, out, vectors, products);
    }

    @Override
    public void close() {
      giveBack(device, denoiser);
    }
  }
}
