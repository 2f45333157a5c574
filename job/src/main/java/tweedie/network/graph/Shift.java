package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** x + e with one number of e for each channel: [n, .., c] + [n, c]; nothing else may use x. */
public final class Shift extends Node {

  private final Graph graph;
  private final Node x;
  private final Node embedding;

  public Shift(Graph graph, Node x, Node embedding) {
    super(x.shape, Math.hypot(x.magnitude, embedding.magnitude));
    this.graph = graph;
    this.x = x;
    this.embedding = embedding;
  }

  @Override
  List<Operation> computing(int n) {
    long[] broadcast = batch(n);
    for (int i = 1; i < broadcast.length - 1; i++) {
      broadcast[i] = 1;
    }
    INDArray perChannel = embedding.value.reshape('c', broadcast);
    return List.of(Operation.of("add", value, x.value, perChannel));
  }

  @Override
  List<Operation> propagating(int n) {
    x.share(gradient);
    if (!graph.learns()) { // what stands behind the embedding does not depend on the images
      return List.of();
    }
    INDArray ofEmbedding = gradientOf(embedding, n);
    return List.of(
        shape.length == 1
            ? Operation.of("identity", ofEmbedding, gradient)
            : new Operation(
                "reduce_sum", new INDArray[] {gradient}, new INDArray[] {ofEmbedding}, 1, 2));
  }
}
