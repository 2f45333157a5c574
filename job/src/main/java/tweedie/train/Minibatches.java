package tweedie.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tweedie.network.NetworkSettings;
import tweedie.train.Minibatch.Drawn;

/**
 * Cuts images into minibatches, dequantized where that is asked for, with their noise; the last one
 * may be smaller.
 *
 * <p>For {@link StableTargets} the images are first cut into references, and each of these into
 * minibatches; the last reference and the last minibatch of each may be smaller.
 */
public final class Minibatches implements Iterator<Minibatch> {

  private final Iterator<Drawn> images;
  private final int batchSize;
  private final int reference;
  private final Objective objective;
  private final NetworkSettings network;
  private Iterator<Drawn> referenced = List.<Drawn>of().iterator();
  private StableTargets targets;

  /**
   * @param reference images among which targets are averaged; 0 for the clean images themselves
   */
  public Minibatches(
      Iterator<Drawn> images,
      int batchSize,
      int reference,
      Objective objective,
      NetworkSettings network) {
    this.images = images;
    this.batchSize = batchSize;
    this.reference = reference;
    this.objective = objective;
    this.network = network;
  }

  @Override
  public boolean hasNext() {
    return referenced.hasNext() || images.hasNext();
  }

  @Override
  public Minibatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (reference == 0) {
      return Minibatch.of(read(batchSize), objective, network);
    }
    if (!referenced.hasNext()) {
      List<Drawn> next = read(reference);
      referenced = next.iterator();
      targets = new StableTargets(next);
    }
    Minibatch batch = Minibatch.of(some(referenced, batchSize), objective, network);
    targets.write(batch.rows(), batch.noise(), network, batch.labels());
    return batch;
  }

  private List<Drawn> read(int atMost) {
    return some(images, atMost).stream()
        .map(drawn -> new Drawn(objective.clean(drawn.image()), drawn.shard()))
        .toList();
  }

  private static List<Drawn> some(Iterator<Drawn> images, int atMost) {
    List<Drawn> some = new ArrayList<>(atMost);
    while (some.size() < atMost && images.hasNext()) {
      some.add(images.next());
    }
    return some;
  }
}
