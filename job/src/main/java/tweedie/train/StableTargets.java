package tweedie.train;

import java.util.List;
import tweedie.data.ImageRows;
import tweedie.network.NetworkSettings;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.FiniteData;
import tweedie.train.Minibatch.Drawn;

/**
 * Targets averaged over a reference of n images x_j, of which the minibatch is a part (Xu, Tong and
 * Jaakkola 2023, arXiv 2302.00670, equation 7): where the noisy copies of an image have the mean
 * ybar at noise s, the network is to answer
 *
 * <pre>
 *     sum_j softmax_j(-|ybar - x_j|^2 / (2 s^2)) x_j
 * </pre>
 *
 * <p>in place of the image. That is {@link FiniteData} on the reference: the image itself for a
 * reference of one, the minimizer of the training loss for a reference of all images. Between the
 * two, targets scatter less, by about 1 / (n - 1), and are biased by a term that vanishes with n.
 *
 * <p>A target costs n d multiplications.
 */
final class StableTargets {

  private final FiniteData reference;

  /**
   * @param reference the images, at least one
   */
  StableTargets(List<Drawn> reference) {
    float[] rows = ImageRows.of(reference.stream().map(Drawn::image).toList());
    this.reference = new FiniteData(ImageRows.doubles(rows), rows.length / reference.size());
  }

  /**
   * Overwrites the clean images of labels.
   *
   * @param rows the network's rows, [n, row length]
   * @param noise the noise of each row, [n]
   * @param labels the labels of these rows, [n, d + 1]
   */
  void write(float[] rows, List<CopyNoise> noise, NetworkSettings network, float[] labels) {
    int d = reference.dimension();
    int seen = network.images() * d;
    double[] images = new double[seen];
    double[] target = new double[d];
    for (int i = 0; i < noise.size(); i++) {
      for (int j = 0; j < seen; j++) {
        images[j] = rows[i * network.rowLength() + j];
      }
      double[] mean = Copies.mean(images, network.images());
      reference.denoise(mean, new double[] {noise.get(i).s()}, target);
      for (int j = 0; j < d; j++) {
        labels[i * (d + 1) + j] = (float) target[j];
      }
    }
  }
}
