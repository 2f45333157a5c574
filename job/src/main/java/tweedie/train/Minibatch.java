package tweedie.train;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.LabeledImage;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;

/** Noisy rows and clean labels of up to a minibatch of images. */
final class Minibatch {

  private final Objective objective;
  private final int batchSize;
  private final int rowLength;
  private final int labelLength;
  private final int round;
  private final List<LabeledImage> images = new ArrayList<>();
  private final List<String> shards = new ArrayList<>();
  private final List<CopyNoise> noise = new ArrayList<>();

  Minibatch(TrainSettings settings, NetworkSettings network, int round) {
    this.objective = new Objective(settings, network);
    this.batchSize = settings.batchSize();
    this.rowLength = network.images() * network.shape().dimension() + 1;
    this.labelLength = network.shape().dimension() + 1;
    this.round = round;
  }

  /**
   * Adds an image of a shard with its noise of this round; returns whether the minibatch is full.
   */
  boolean add(LabeledImage image, String shard) {
    images.add(image);
    shards.add(shard);
    noise.add(objective.noise(image.id(), round));
    return images.size() == batchSize;
  }

  int size() {
    return images.size();
  }

  CopyNoise noise(int i) {
    return noise.get(i);
  }

  double weight(int i) {
    return objective.weight(noise.get(i).s());
  }

  String shard(int i) {
    return shards.get(i);
  }

  long imageId(int i) {
    return images.get(i).id();
  }

  void clear() {
    images.clear();
    shards.clear();
    noise.clear();
  }

  /** The network's rows, [n, row length]. */
  INDArray rows() {
    float[] rows = new float[images.size() * rowLength];
    for (int i = 0; i < images.size(); i++) {
      objective.noisyRow(images.get(i), round, noise.get(i), rows, i * rowLength);
    }
    return Nd4j.createFromArray(rows).reshape(images.size(), rowLength);
  }

  /** The clean images with their weights, [n, d + 1]. */
  INDArray labels() {
    float[] labels = new float[images.size() * labelLength];
    for (int i = 0; i < images.size(); i++) {
      objective.label(images.get(i), noise.get(i), labels, i * labelLength);
    }
    return Nd4j.createFromArray(labels).reshape(images.size(), labelLength);
  }
}
