package tweedie.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tweedie.network.NetworkSettings;
import tweedie.train.Minibatch.Drawn;

/** Cuts images into minibatches with their noise; the last one may be smaller. */
final class Minibatches implements Iterator<Minibatch> {

  private final Iterator<Drawn> images;
  private final int batchSize;
  private final Objective objective;
  private final NetworkSettings network;

  Minibatches(Iterator<Drawn> images, int batchSize, Objective objective, NetworkSettings network) {
    this.images = images;
    this.batchSize = batchSize;
    this.objective = objective;
    this.network = network;
  }

  @Override
  public boolean hasNext() {
    return images.hasNext();
  }

  @Override
  public Minibatch next() {
    if (!images.hasNext()) {
      throw new NoSuchElementException();
    }
    List<Drawn> batch = new ArrayList<>(batchSize);
    while (batch.size() < batchSize && images.hasNext()) {
      batch.add(images.next());
    }
    return Minibatch.of(batch, objective, network);
  }
}
