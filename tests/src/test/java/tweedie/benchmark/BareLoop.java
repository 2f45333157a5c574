package tweedie.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings;
import tweedie.train.round.BareWorker;
import tweedie.whole.Configured;

/**
 * Takes the steps of a finished run whose rounds were epochs once more, without Spark: each worker
 * a thread, its minibatches read and made noisy before the clock starts, nothing averaged, nothing
 * saved. Prints how long all epochs but the first took, and whether one worker ended in the weights
 * of the run.
 */
public final class BareLoop {

  private BareLoop() {}

  private record Result(long images, double seconds, boolean sameWeights) {}

  /** {@code BareLoop RUN} */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    System.out.println(new ObjectMapper().writeValueAsString(of(Path.of(arguments[0]))));
  }

  private static Result of(Path run) throws IOException, InterruptedException, ExecutionException {
    Configured configured = Configured.of(run);
    TrainSettings settings = configured.training();
    NetworkSettings network = Configured.networkOf(run);
    var data = configured.data();
    List<List<BareWorker.Epoch>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      epochs.add(BareWorker.Epoch.read(data.shards(), network, settings, epoch));
    }
    long images =
        epochs.stream().skip(1).flatMap(List::stream).mapToLong(BareWorker.Epoch::images).sum();

    CyclicBarrier together = new CyclicBarrier(settings.workers());
    ExecutorService threads = Executors.newFixedThreadPool(settings.workers());
    List<Future<Timed>> ends = new ArrayList<>();
    for (int worker = 0; worker < settings.workers(); worker++) {
      int number = worker;
      Callable<Timed> training =
          () ->
              train(
                  epochs.stream().map(epoch -> epoch.get(number)).toList(),
                  network,
                  settings,
                  data.images() * settings.epochs(),
                  together);
      ends.add(threads.submit(training));
    }
    long began = Long.MAX_VALUE;
    long ended = Long.MIN_VALUE;
    for (Future<Timed> end : ends) {
      began = Math.min(began, end.get().began());
      ended = Math.max(ended, end.get().ended());
    }
    threads.shutdown();
    return new Result(
        images,
        (ended - began) / 1e9,
        Arrays.equals(ends.get(0).get().parameters(), Configured.parametersOf(run)));
  }

  private record Timed(long began, long ended, float[] parameters) {}

  private static Timed train(
      List<BareWorker.Epoch> epochs,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      CyclicBarrier together)
      throws InterruptedException, BrokenBarrierException {
    try (BareWorker worker = new BareWorker(network, settings, imagesOfRun)) {
      worker.train(epochs.get(0));
      together.await();
      long began = System.nanoTime();
      epochs.stream().skip(1).forEach(worker::train);
      return new Timed(began, System.nanoTime(), worker.parameters());
    }
  }
}
