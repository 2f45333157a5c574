package tweedie.benchmark;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tweedie.data.ImageShape;
import tweedie.device.DeviceException;
import tweedie.device.Gpu;
import tweedie.device.GpuLease;
import tweedie.device.NativeThreads;
import tweedie.device.ProcessMemory;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.ComparedNetwork;
import tweedie.network.engine.MemoryTrial;
import tweedie.network.engine.torch.TorchCompute;
import tweedie.network.engine.torch.TorchLearner;
import tweedie.network.engine.torch.TorchOptions;
import tweedie.network.engine.torch.TorchOptions.Precision;
import tweedie.network.graph.Learner;
import tweedie.network.graph.Learner.AdamStep;
import tweedie.network.graph.Learner.Examples;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * What {@code tests/gpu.sh} runs on a machine with a GPU: equality with the CPU, repeatability,
 * speed, memory and the lock of the card. Prints a line for each and ends with 1 if one is wrong.
 */
final class GpuTrial {

  private static final List<String> PRESETS = List.of("tiny", "mnist", "seed", "cifar10");
  private static final int COMPARED = 8;

  private final TorchOptions device;
  private final double seconds;
  private final EnumSet<Precision> precisions = EnumSet.allOf(Precision.class);
  private boolean sound = true;

  private GpuTrial(TorchOptions device, double seconds) {
    this.device = device;
    this.seconds = seconds;
  }

  /**
   * Tries a device.
   *
   * @param arguments {@code 0} for the first GPU, or {@code cpu} to try this program; seconds of
   *     each measurement of speed
   */
  public static void main(String[] arguments) {
    NativeThreads.use(0);
    boolean gpu = !arguments[0].equals("cpu");
    GpuTrial trial =
        new GpuTrial(
            gpu ? TorchOptions.gpu(Integer.parseInt(arguments[0])) : TorchOptions.cpu(),
            Double.parseDouble(arguments[1]));
    if (!gpu) { // libtorch 2.5.1 ends the process of a training in bfloat16 on a CPU without it
      trial.precisions.remove(Precision.BFLOAT16);
    }
    trial.equality();
    trial.repeats();
    trial.rounds();
    if (gpu) {
      Gpu first = Gpu.present().get(0);
      trial.secondWorker(first);
      trial.tooMany(first);
    }
    trial.speed(gpu ? List.of(64, 256, 1024) : List.of(8));
    System.out.println(trial.sound ? "sound" : "NOT SOUND");
    System.exit(trial.sound ? 0 : 1);
  }

  private void say(boolean right, String line, Object... parts) {
    sound &= right;
    System.out.println((right ? "" : "WRONG: ") + String.format(Locale.ROOT, line, parts));
  }

  private static NetworkSettings network(String preset) {
    ImageShape shape = preset.equals("cifar10") ? new ImageShape(32, 32, 3) : Benchmarked.SHAPE;
    return Benchmarked.preset(preset).network(shape);
  }

  private static double tolerance(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> 1e-4;
      case TF32 -> 3e-2;
      case BFLOAT16 -> 0.2;
    };
  }

  private void equality() {
    for (Precision precision : precisions) {
      for (String preset : PRESETS) {
        double difference =
            ComparedNetwork.difference(
                network(preset),
                COMPARED,
                graph -> new TorchCompute(graph, device.with(precision)),
                1);
        say(
            difference <= tolerance(precision),
            "equality %s %s: output and gradients %.1e of the largest from the CPU's",
            preset,
            precision,
            difference);
      }
    }
  }

  private void repeats() {
    for (Precision precision : precisions) {
      float[] once = afterSteps(precision);
      say(
          Arrays.equals(once, afterSteps(precision)),
          "20 steps of mnist in %s, twice: the same bits",
          precision);
    }
  }

  private float[] afterSteps(Precision precision) {
    try (Trained trained = new Trained("mnist", 64, device.with(precision))) {
      for (int i = 0; i < 20; i++) {
        trained.step();
      }
      return trained.learner.parameters();
    }
  }

  private void rounds() {
    long resident = 0;
    long onDevice = 0;
    for (int round = 0; round < 100; round++) {
      if (round == 20) {
        resident = ProcessMemory.now().offHeapBytes();
        onDevice = usedMebibytes();
      }
      try (Trained trained = new Trained("mnist", 64, device)) {
        trained.step();
        trained.step();
        trained.learner.parameters();
      }
    }
    long grown = (ProcessMemory.now().offHeapBytes() - resident) >> 20;
    long grownOnDevice = usedMebibytes() - onDevice;
    say(
        grown < 200 && grownOnDevice < 200,
        "80 rounds of mnist: %d MB more on the host, %d MB more on the device",
        grown,
        grownOnDevice);
  }

  private void secondWorker(Gpu gpu) {
    try (GpuLease first = GpuLease.take(gpu);
        GpuLease second = GpuLease.take(gpu)) {
      say(false, "two workers have %s at once: %s %s", gpu.name(), first, second);
    } catch (DeviceException e) {
      say(true, "a second worker is refused: %s", e.getMessage());
    }
  }

  /** A minibatch that no card holds is refused, and the one that is offered fits. */
  private void tooMany(Gpu gpu) {
    MemoryTrial trial =
        MemoryTrial.onGpu(
            gpu,
            images -> {
              try (Trained trained = new Trained("seed", images, device)) {
                trained.step();
              }
            });
    String refusal = trial.refusal("a minibatch", 100_000).orElse("not refused");
    Matcher offered = Pattern.compile("set it to (\\d+)").matcher(refusal);
    say(
        offered.find()
            && trial.refusal("a minibatch", Integer.parseInt(offered.group(1))).isEmpty(),
        "memory: %s",
        refusal);
  }

  private void speed(List<Integer> batches) {
    for (String preset : List.of("mnist", "seed", "cifar10")) {
      for (int batch : batches) {
        for (Precision precision : precisions) {
          try (Trained trained = new Trained(preset, batch, device.with(precision))) {
            for (int i = 0; i < 5; i++) {
              trained.step();
            }
            long began = System.nanoTime();
            long steps = 0;
            while (System.nanoTime() - began < seconds * 1e9) {
              trained.step();
              steps++;
            }
            say(
                true,
                "tweedie training %s %d %s %.0f images/s, %d MB of the device in use",
                preset,
                batch,
                precision.name().toLowerCase(Locale.ROOT),
                steps * batch / ((System.nanoTime() - began) / 1e9),
                usedMebibytes());
          } catch (RuntimeException e) { // no memory for so large a batch
            say(true, "tweedie training %s %d %s: %s", preset, batch, precision, e.getMessage());
          }
        }
      }
    }
  }

  /** Memory of the device that is in use, by whomever; 0 for the CPU. */
  private long usedMebibytes() {
    return device.gpu().isEmpty() ? 0 : Gpu.present().get(0).usedMebibytes();
  }

  /** A learner of a preset and a minibatch that does not matter. */
  private static final class Trained implements AutoCloseable {
    final Network network;
    final Learner learner;
    private final Examples examples;
    private int steps;

    Trained(String preset, int n, TorchOptions options) {
      NetworkSettings settings = network(preset);
      network = new Network(settings);
      learner = network.learner(graph -> new TorchLearner(graph, options));
      float[] parameters = network.initialParameters(1);
      learner.begin(parameters, new float[2 * parameters.length], parameters.clone());
      Draws draws = Draws.of(1, Purpose.ORACLE, n, 0);
      float[] rows = new float[n * network.rowLength()];
      float[] labels = new float[n * (settings.shape().dimension() + 1)];
      for (int i = 0; i < rows.length; i++) {
        boolean noise = (i + 1) % network.rowLength() == 0;
        rows[i] = (float) (noise ? Math.exp(draws.uniform(-3, 1)) : draws.uniform());
      }
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (float) draws.uniform();
      }
      examples = network.examples(rows, labels, n);
    }

    void step() {
      learner.step(examples, new AdamStep(1e-3, 0.9, 0.99, 1e-8, steps++, 0), 0.999);
    }

    @Override
    public void close() {
      learner.close();
      network.close();
    }
  }
}
