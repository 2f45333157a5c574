package tweedie.network.graph;

import java.util.Arrays;

/**
 * {@link Attention} and its gradient in Java, for engines on CPUs, whose libraries have no
 * operation for it: of the few pixels at which it is worth while it takes little beside the
 * convolutions.
 *
 * <p>Arrays are [n, pixels, stride] with the node's channels first; what is beyond them is 0.
 *
 * @param node what is computed
 * @param in stride of q, k, v and their gradient
 * @param out stride of the result and its gradient
 */
public record AttentionLoops(Attention node, int in, int out) {

  /** One head of one image: q, k, v over their root mean squares, [pixels, e], and these. */
  private static final class Head {
    final int pixels;
    final int e;
    final float[][] unit;
    final float[][] rms;
    final float[] weights;

    Head(int pixels, int e) {
      this.pixels = pixels;
      this.e = e;
      this.unit = new float[3][pixels * e];
      this.rms = new float[3][pixels];
      this.weights = new float[pixels * pixels];
    }
  }

  /** The value of n images. */
  public void forward(int n, float[] qkv, float[] value) {
    int e = node.perHead();
    Head head = new Head(node.pixels(), e);
    for (int image = 0; image < n; image++) {
      for (int h = 0; h < node.heads; h++) {
        look(head, qkv, image, h);
        for (int t = 0; t < head.pixels; t++) {
          int to = (image * head.pixels + t) * out + h * e;
          for (int u = 0; u < head.pixels; u++) {
            add(value, to, head.weights[t * head.pixels + u], head.unit[2], u * e, e);
          }
        }
      }
    }
  }

  /** The gradient of n images with respect to q, k, v. */
  public void backward(int n, float[] qkv, float[] ofValue, float[] ofQkv) {
    int e = node.perHead();
    int pixels = node.pixels();
    Head head = new Head(pixels, e);
    float scale = (float) (1 / Math.sqrt(e));
    float[][] ofUnit = new float[3][pixels * e];
    float[] ofWeights = new float[pixels];
    for (int image = 0; image < n; image++) {
      for (int h = 0; h < node.heads; h++) {
        look(head, qkv, image, h);
        for (float[] part : ofUnit) {
          Arrays.fill(part, 0);
        }
        for (int t = 0; t < pixels; t++) {
          int at = (image * pixels + t) * out + h * e;
          double mean = 0;
          for (int u = 0; u < pixels; u++) {
            float weight = head.weights[t * pixels + u];
            add(ofUnit[2], u * e, weight, ofValue, at, e);
            ofWeights[u] = dot(ofValue, at, head.unit[2], u * e, e);
            mean += weight * ofWeights[u];
          }
          for (int u = 0; u < pixels; u++) {
            float ofScore = (float) (head.weights[t * pixels + u] * (ofWeights[u] - mean)) * scale;
            add(ofUnit[0], t * e, ofScore, head.unit[1], u * e, e);
            add(ofUnit[1], u * e, ofScore, head.unit[0], t * e, e);
          }
        }
        unnormalize(head, ofUnit, ofQkv, image, h);
      }
    }
  }

  /** Fills a head: q, k, v and the weights. */
  private void look(Head head, float[] qkv, int image, int h) {
    int e = head.e;
    float scale = (float) (1 / Math.sqrt(e));
    for (int part = 0; part < 3; part++) {
      for (int t = 0; t < head.pixels; t++) {
        int from = place(image, t, part, h);
        float rms = (float) Math.sqrt(dot(qkv, from, qkv, from, e) / e);
        head.rms[part][t] = rms;
        float factor = 1 / (rms + Attention.EPSILON);
        for (int j = 0; j < e; j++) {
          head.unit[part][t * e + j] = factor * qkv[from + j];
        }
      }
    }
    for (int t = 0; t < head.pixels; t++) {
      double sum = 0;
      for (int u = 0; u < head.pixels; u++) {
        // at most sqrt(e) without the scale, so no exponential is too large
        double weight = Math.exp(scale * dot(head.unit[0], t * e, head.unit[1], u * e, e));
        head.weights[t * head.pixels + u] = (float) weight;
        sum += weight;
      }
      for (int u = 0; u < head.pixels; u++) {
        head.weights[t * head.pixels + u] /= (float) sum;
      }
    }
  }

  /** With x' = x / (r + eps), r = |x| / sqrt(e): dx = dx' / (r + eps) - (dx' . x') x' / (e r). */
  private void unnormalize(Head head, float[][] ofUnit, float[] ofQkv, int image, int h) {
    int e = head.e;
    for (int part = 0; part < 3; part++) {
      for (int t = 0; t < head.pixels; t++) {
        int to = place(image, t, part, h);
        float rms = head.rms[part][t];
        float factor = 1 / (rms + Attention.EPSILON);
        float along = rms > 0 ? dot(ofUnit[part], t * e, head.unit[part], t * e, e) / (e * rms) : 0;
        for (int j = 0; j < e; j++) {
          ofQkv[to + j] = factor * ofUnit[part][t * e + j] - along * head.unit[part][t * e + j];
        }
      }
    }
  }

  private int place(int image, int pixel, int part, int h) {
    return (image * node.pixels() + pixel) * in + part * (int) node.channels() + h * node.perHead();
  }

  private static float dot(float[] a, int from, float[] b, int at, int length) {
    float sum = 0;
    for (int j = 0; j < length; j++) {
      sum += a[from + j] * b[at + j];
    }
    return sum;
  }

  private static void add(float[] to, int from, float factor, float[] vector, int at, int length) {
    for (int j = 0; j < length; j++) {
      to[from + j] += factor * vector[at + j];
    }
  }
}
