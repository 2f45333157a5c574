package tweedie.train.round;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.device.ProcessMemory;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.Engines;
import tweedie.train.LossByNoise;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.whole.Configured;

/**
 * Times each part of a round by itself, on the data, network and settings of a finished run, and
 * prints the medians in seconds.
 *
 * <p>{@code RoundParts RUN}
 */
public final class RoundParts {

  private static final int WARM_UP = 3;
  private static final int TIMES = 15;
  private static final int IMAGES = 1024;

  private final TrainSettings settings;
  private final NetworkSettings network;
  private final Checkpoint checkpoint;
  private final List<String> paths = new ArrayList<>();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private List<LabeledImage> images = List.of();

  private RoundParts(Path run) throws IOException {
    Configured configured = Configured.of(run);
    this.settings = configured.training();
    this.checkpoint = Configured.newest(run);
    this.network = checkpoint.network();
    long count = 0;
    for (Shard shard : configured.data().shards()) {
      if (count < IMAGES) {
        paths.add(shard.path());
        count += shard.images();
      }
    }
  }

  /** Prints one JSON object. */
  public static void main(String[] arguments) throws IOException {
    RoundParts parts = new RoundParts(Path.of(arguments[0]));
    Engines.take(parts.settings.threadsPerWorker());
    parts.data();
    parts.steps();
    parts.round();
    System.out.println(new ObjectMapper().writeValueAsString(parts.seconds));
  }

  /** Something that can fail. */
  private interface Part {
    void run() throws IOException;
  }

  private static double median(Part part) throws IOException {
    return medians(part)[0];
  }

  /** Seconds of each part: in turns, since the machine may be slower now than it was before. */
  private static double[] medians(Part... parts) throws IOException {
    double[][] times = new double[parts.length][TIMES];
    for (int i = -WARM_UP; i < TIMES; i++) {
      for (int part = 0; part < parts.length; part++) {
        long began = System.nanoTime();
        parts[part].run();
        if (i >= 0) {
          times[part][i] = (System.nanoTime() - began) / 1e9;
        }
      }
    }
    for (double[] each : times) {
      Arrays.sort(each);
    }
    return Arrays.stream(times).mapToDouble(each -> each[TIMES / 2]).toArray();
  }

  /** Of an image: its bytes, from the file system's cache; decoding; noise and minibatches. */
  private void data() throws IOException {
    images = decoded();
    double read =
        median(
            () -> {
              for (String path : paths) {
                Files.readAllBytes(Path.of(new org.apache.hadoop.fs.Path(path).toUri().getPath()));
              }
            });
    double decoded = median(this::decoded);
    double noise = median(this::minibatches);
    seconds.put("read of an image", read / images.size());
    seconds.put("decode of an image", (decoded - read) / images.size());
    seconds.put("noise of an image", noise / images.size());
  }

  private List<LabeledImage> decoded() {
    List<LabeledImage> decoded = new ArrayList<>();
    ShardImages.read(paths.iterator(), new Configuration())
        .forEachRemaining(shard -> decoded.addAll(shard.images()));
    return decoded;
  }

  private List<Minibatch> minibatches() {
    List<Minibatch> minibatches = new ArrayList<>();
    worker(checkpoint.state())
        .minibatches(images.stream().map(image -> new Drawn(image, "shard")).iterator())
        .forEachRemaining(minibatches::add);
    return minibatches;
  }

  private Worker worker(TrainingState state) {
    return new Worker(state, network, settings, 1, new org.apache.spark.util.LongAccumulator());
  }

  /** Of a step: all of it, and the network alone, forward and backward. */
  private void steps() throws IOException {
    Minibatch minibatch = minibatches().get(0);
    float[] parameters = checkpoint.state().parameters();
    float[] denoised = new float[minibatch.size() * network.shape().dimension()];
    try (BareWorker worker = new BareWorker(network, settings, Integer.MAX_VALUE);
        Network bare = new Network(network);
        INDArray values = Nd4j.createFromArray(parameters);
        INDArray gradients = Nd4j.createFromArray(new float[parameters.length])) {
      bare.bind(values, gradients);
      BareWorker.Steps steps = worker.onReady(images.subList(0, settings.batchSize()));
      double[] medians =
          medians(
              steps::next,
              () -> {
                bare.forward(minibatch.rows(), minibatch.size(), denoised);
                bare.backward(denoised, minibatch.size());
              });
      seconds.put("step", medians[0]);
      seconds.put("network of a step", medians[1]);
    }
  }

  /** Of a round: a worker's model made and freed, its result in bytes, average, checkpoint. */
  private void round() throws IOException {
    TrainingState state = checkpoint.state();
    seconds.put("model of a round", median(() -> worker(state).begin(0).close()));
    List<WorkerResult> results = new ArrayList<>();
    for (int i = 0; i < settings.workers(); i++) {
      results.add(
          new WorkerResult(
              i,
              1,
              1,
              state.parameters(),
              state.moments(),
              state.ema(),
              new LossByNoise(),
              new WorkerResult.Descent(0.1, 1, null),
              1,
              ProcessMemory.now(),
              "",
              null));
    }
    seconds.put(
        "result of a worker",
        median(
            () -> {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(results.get(0));
              }
            }));
    RoundPart.Rule rule =
        new RoundPart.Rule(settings, state.position(), settings.optimizer().learningRate());
    seconds.put("reduce of a round", median(() -> rule.apply(state, results)));
    org.apache.hadoop.fs.Path directory =
        new org.apache.hadoop.fs.Path(Files.createTempDirectory("tweedie-parts").toUri());
    FileSystem files = directory.getFileSystem(new Configuration());
    Checkpoints checkpoints = new Checkpoints(files, directory);
    seconds.put("checkpoint of a round", median(() -> checkpoints.save(checkpoint, 1)));
    files.delete(directory, true);
  }
}
