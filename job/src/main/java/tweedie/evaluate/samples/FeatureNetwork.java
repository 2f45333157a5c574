package tweedie.evaluate.samples;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/**
 * A network of the user's own, an ONNX file, that turns images into features, by ONNX Runtime on
 * the CPU; a build has it with {@code -Ponnx}.
 *
 * <p>Its one input are images [n, channel, height, width] or [n, height, width, channel], of any n,
 * of height and width as they are or any: float32 in [0, 1], or uint8 in 0..255. Gray images go to
 * three channels as three equal ones. Points are [n, d] of float32. Its first output are features
 * [n, F], or [n, F, 1, 1], of float32. Whatever else such networks want, such as another size or
 * moments of the colours, belongs into the file.
 */
public final class FeatureNetwork implements AutoCloseable {

  private static final int BATCH = 32;

  private final String place;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final ImageShape shape;
  private final boolean bytes;
  private final boolean channelsFirst;
  private final int channels;
  private final int width;

  /**
   * Makes it ready for images of a shape, and runs it once.
   *
   * @param file the ONNX file's bytes
   * @param place where they are from, for people
   * @param threads of its operations; 0 for as many as there are
   * @throws DataException if ONNX Runtime cannot run here, or it is no network for such images
   */
  public FeatureNetwork(byte[] file, String place, ImageShape shape, int threads) {
    this.place = place;
    this.shape = shape;
    try {
      this.environment = environment();
      this.session = session(file, threads);
    } catch (OrtException e) {
      throw refused("cannot be read: " + firstLine(e), e);
    }
    try {
      if (session.getNumInputs() != 1) {
        throw refused("has %d inputs, not one".formatted(session.getNumInputs()), null);
      }
      NodeInfo only = session.getInputInfo().values().iterator().next();
      this.input = only.getName();
      if (!(only.getInfo() instanceof TensorInfo tensor)
          || tensor.type != OnnxJavaType.FLOAT && tensor.type != OnnxJavaType.UINT8) {
        throw refused("takes %s, neither float32 nor uint8".formatted(only.getInfo()), null);
      }
      this.bytes = tensor.type == OnnxJavaType.UINT8;
      long[] axes = tensor.getShape();
      this.channelsFirst = axes.length == 4 && fits(axes[1], axes[2], axes[3]);
      this.channels = channels(axes);
      this.width = run(new float[shape.dimension()]).length;
    } catch (OrtException | RuntimeException e) {
      close();
      throw e instanceof DataException refused ? refused : refused("fails: " + firstLine(e), e);
    }
  }

  private static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError e) {
      throw new DataException(
          "ONNX Runtime cannot be loaded on this machine: " + e.getMessage(), e);
    }
  }

  private OrtSession session(byte[] file, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      if (threads > 0) {
        options.setIntraOpNumThreads(threads);
      }
      return environment.createSession(file, options);
    }
  }

  /** The channels that the input has. */
  private int channels(long[] axes) {
    boolean anyNumber = axes.length > 0 && axes[0] < 0;
    if (anyNumber
        && axes.length == 2
        && shape.vector()
        && !bytes
        && same(axes[1], shape.dimension())) {
      return shape.channels();
    }
    if (anyNumber && channelsFirst) {
      return channels(axes[1]);
    }
    if (anyNumber && axes.length == 4 && fits(axes[3], axes[1], axes[2])) {
      return channels(axes[3]);
    }
    throw refused(
        "takes %s, -1 for any, and the images are %s; [n, channel, height, width] or [n, height, width, channel] of any n and of their size, or of any, are wanted, with a resizing inside if need be"
            .formatted(Arrays.toString(axes), shape),
        null);
  }

  private boolean fits(long ofChannels, long height, long width) {
    return (same(ofChannels, shape.channels()) || ofChannels == 3 && shape.channels() == 1)
        && same(height, shape.height())
        && same(width, shape.width());
  }

  private static boolean same(long axis, int size) {
    return axis < 0 || axis == size;
  }

  private int channels(long axis) {
    return axis < 0 ? shape.channels() : (int) axis;
  }

  private DataException refused(String what, Exception cause) {
    return new DataException("The feature network %s %s".formatted(place, what), cause);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** Number of features F. */
  public int width() {
    return width;
  }

  /**
   * The features of images.
   *
   * @param images [n, height, width, channel], in [0, 1]
   * @return [n, F]
   * @throws DataException if it fails, or a feature is not finite
   */
  public float[] features(float[] images) {
    int d = shape.dimension();
    int n = images.length / d;
    float[] features = new float[n * width];
    for (int from = 0; from < n; from += BATCH) {
      int to = Math.min(n, from + BATCH);
      float[] part;
      try {
        part = run(Arrays.copyOfRange(images, from * d, to * d));
      } catch (OrtException e) {
        throw refused("fails: " + firstLine(e), e);
      }
      System.arraycopy(part, 0, features, from * width, part.length);
    }
    for (float feature : features) {
      if (!Float.isFinite(feature)) {
        throw refused("gives the feature " + feature, null);
      }
    }
    return features;
  }

  private float[] run(float[] images) throws OrtException {
    int n = images.length / shape.dimension();
    try (OnnxTensor tensor = tensor(images, n);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      if (!(result.get(0) instanceof OnnxTensor output)
          || output.getInfo().type != OnnxJavaType.FLOAT) {
        throw refused("gives %s, not float32".formatted(result.get(0).getInfo()), null);
      }
      long[] axes = output.getInfo().getShape();
      long perImage = Arrays.stream(axes).skip(1).reduce(1, (a, b) -> a * b);
      boolean flat = axes.length == 2 || axes.length == 4 && axes[1] == perImage;
      if (!flat || axes[0] != n || perImage < 1) {
        throw refused(
            "gives %s of %d images, not [n, F]".formatted(Arrays.toString(axes), n), null);
      }
      float[] features = new float[Math.toIntExact(n * perImage)];
      output.getFloatBuffer().get(features);
      return features;
    }
  }

  private OnnxTensor tensor(float[] images, int n) throws OrtException {
    int height = shape.height();
    int width = shape.width();
    long[] axes =
        shape.vector()
            ? new long[] {n, shape.dimension()}
            : channelsFirst
                ? new long[] {n, channels, height, width}
                : new long[] {n, height, width, channels};
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(n * height * width * channels * (bytes ? 1 : Float.BYTES))
            .order(ByteOrder.nativeOrder());
    int pixels = height * width;
    for (int i = 0; i < n; i++) {
      for (int at = 0; at < pixels * channels; at++) {
        int pixel = channelsFirst ? at % pixels : at / channels;
        int channel = channelsFirst ? at / pixels : at % channels;
        int of = shape.channels() == 1 ? 0 : channel;
        float value = images[(i * pixels + pixel) * shape.channels() + of];
        if (bytes) {
          buffer.put((byte) Math.round(255 * Math.min(1, Math.max(0, value))));
        } else {
          buffer.putFloat(value);
        }
      }
    }
    buffer.flip();
    return bytes
        ? OnnxTensor.createTensor(environment, buffer, axes, OnnxJavaType.UINT8)
        : OnnxTensor.createTensor(environment, buffer.asFloatBuffer(), axes);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
