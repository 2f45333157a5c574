package tweedie.train.round;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.network.DenoisingLoss;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.Engines;
import tweedie.train.LossByNoise;
import tweedie.train.Mapped;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.Minibatches;
import tweedie.train.Objective;
import tweedie.train.TrainSettings;

/**
 * The loss on held-out images, whose noise hangs on the run's seed and their ids alone: it is the
 * same in every round, so that the numbers of two rounds can be compared.
 *
 * @param shards all of whose images are held out
 * @param images of the shards, a partition for each
 */
public record Validation(
    List<Shard> shards,
    JavaRDD<LabeledImage> images,
    NetworkSettings network,
    TrainSettings settings) {

  /**
   * The losses of a network with these weights, in one Spark job with a task for each shard.
   *
   * @param weights [P]
   */
  public LossByNoise of(float[] weights) {
    Broadcast<float[]> broadcast =
        JavaSparkContext.fromSparkContext(images.context()).broadcast(weights);
    try {
      LossByNoise all = new LossByNoise();
      String[] paths = shards.stream().map(Shard::path).toArray(String[]::new);
      images
          .mapPartitionsWithIndex(new LossOfShard(broadcast, paths, network, settings), true)
          .collect()
          .forEach(all::add);
      return all;
    } finally {
      broadcast.destroy();
    }
  }

  private record LossOfShard(
      Broadcast<float[]> weights, String[] paths, NetworkSettings network, TrainSettings settings)
      implements Function2<Integer, Iterator<LabeledImage>, Iterator<LossByNoise>> {

    @Override
    public Iterator<LossByNoise> call(Integer shard, Iterator<LabeledImage> images) {
      Engines.take(settings.threadsPerWorker());
      Objective objective = Objective.ofValidation(settings, network);
      LossByNoise losses = new LossByNoise();
      try (Network denoiser = new Network(network);
          INDArray parameters = Nd4j.createFromArray(weights.value())) {
        denoiser.bind(parameters, null);
        Iterator<Drawn> inOrder = new Mapped<>(images, image -> new Drawn(image, paths[shard]));
        Minibatches minibatches =
            new Minibatches(inOrder, settings.batchSize(), 0, objective, network);
        while (minibatches.hasNext()) {
          add(minibatches.next(), denoiser, objective, losses);
        }
      }
      return List.of(losses).iterator();
    }

    private static void add(
        Minibatch batch, Network denoiser, Objective objective, LossByNoise losses) {
      int n = batch.size();
      int d = batch.labels().length / n - 1;
      double[] squared = DenoisingLoss.squaredErrors(denoiser, batch.rows(), batch.labels(), n);
      for (int i = 0; i < n; i++) {
        double s = batch.noise().get(i).s();
        double weight = objective.weight(s);
        losses.add(s, weight, weight * squared[i] / d);
      }
    }
  }
}
