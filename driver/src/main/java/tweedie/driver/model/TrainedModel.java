package tweedie.driver.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import tweedie.data.ImageShape;
import tweedie.device.TaskResources;
import tweedie.network.Network;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;

/**
 * A trained network. A process loads it as often as tasks work at the same time, not once for every
 * task: the object is broadcast, and keeps the denoisers that tasks have given back.
 */
final class TrainedModel implements RunModel {

  private static final long serialVersionUID = 1L;

  /** In place of the number of a GPU. */
  private static final int CPU = -1;

  private final NetworkSettings network;
  private final float[] parameters;
  private final int round;
  private final String words;
  private transient Map<Integer, Deque<Lent>> idleByDevice;

  /**
   * @param parameters [P]
   * @param round after which the network had them
   * @param words what is special about them, after the round; empty for nothing
   */
  TrainedModel(NetworkSettings network, float[] parameters, int round, String words) {
    this.network = network;
    this.parameters = parameters;
    this.round = round;
    this.words = words;
  }

  @Override
  public String name() {
    return "the network after round " + round + words;
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
    return network();
  }

  @Override
  public DifferentiableDenoiser differentiable() {
    return network();
  }

  @Override
  public int classes() {
    return network.classes();
  }

  @Override
  public ConditionalDenoiser conditional() {
    return network();
  }

  @Override
  public boolean isNetwork() {
    return true;
  }

  @Override
  public NetworkDenoiser network() {
    int device = TaskResources.gpu().orElse(CPU);
    Lent idle;
    synchronized (this) {
      idle = idle(device).poll();
    }
    return idle == null ? new Lent(device) : idle;
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
  public synchronized void free() {
    if (idleByDevice != null) {
      idleByDevice.values().forEach(idle -> idle.forEach(Lent::end));
      idleByDevice.clear();
    }
  }

  /** How many denoisers of this process no task uses. */
  synchronized int idle() {
    return idleByDevice == null ? 0 : idleByDevice.values().stream().mapToInt(Deque::size).sum();
  }

  private Deque<Lent> idle(int device) {
    if (idleByDevice == null) { // after the way to another process
      idleByDevice = new HashMap<>();
    }
    return idleByDevice.computeIfAbsent(device, none -> new ArrayDeque<>());
  }

  /** A denoiser that its task gives back when it closes it. */
  private final class Lent extends NetworkDenoiser {

    private final int device;

    Lent(int device) {
      super(network, parameters);
      this.device = device;
    }

    @Override
    public void close() {
      synchronized (TrainedModel.this) {
        idle(device).push(this);
      }
    }

    private void end() {
      super.close();
    }
  }
}
