package tweedie.evaluate.samples;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** ONNX files of one matrix, written by their protocol buffers. */
public final class OnnxFile {

  private static final int FLOAT = 1;
  private static final int UINT8 = 2;

  private OnnxFile() {}

  /**
   * Features x W of images that are flattened to x.
   *
   * @param bytes whether they come as uint8, in 0..255; otherwise float32
   * @param weights W, [d, F], row by row
   * @param axes of the input, -1 for any
   */
  public static byte[] matrix(boolean bytes, float[] weights, int width, long... axes) {
    Message graph = new Message();
    String images = "images";
    if (bytes) {
      Message to = new Message().text(1, "to").number(3, FLOAT).number(20, 2);
      graph.message(1, node("Cast", "images", "numbers").message(5, to));
      images = "numbers";
    }
    Message axis = new Message().text(1, "axis").number(3, 1).number(20, 2);
    graph.message(1, node("Flatten", images, "rows").message(5, axis));
    graph.message(
        1, new Message().text(1, "rows").text(1, "W").text(2, "features").text(4, "MatMul"));
    graph.text(2, "matrix");
    ByteBuffer raw = ByteBuffer.allocate(4 * weights.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(weights);
    graph.message(
        5,
        new Message()
            .number(1, weights.length / width)
            .number(1, width)
            .number(2, FLOAT)
            .text(8, "W")
            .bytes(9, raw.array()));
    graph.message(11, value("images", bytes ? UINT8 : FLOAT, axes));
    graph.message(12, value("features", FLOAT, -1, width));
    return new Message()
        .number(1, 8)
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, 13))
        .all();
  }

  private static Message node(String type, String from, String to) {
    return new Message().text(1, from).text(2, to).text(4, type);
  }

  private static Message value(String name, int type, long... axes) {
    Message shape = new Message();
    for (long axis : axes) {
      shape.message(1, axis < 0 ? new Message().text(2, "any") : new Message().number(1, axis));
    }
    Message tensor = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** A protocol buffer. */
  private static final class Message {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.all());
    }

    byte[] all() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while (rest >= 128) {
        out.write((int) (rest & 127 | 128));
        rest >>= 7;
      }
      out.write((int) rest);
    }
  }
}
