package tweedie.network.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** oneDNN's engine on the CPU, and short ways to its arrays and primitives. */
final class Onednn {

  static final engine CPU = forever(new engine(dnnl_cpu, 0));
  private static final stream STREAM = forever(new stream(CPU)); // has no state on a CPU

  /** Floats that Java looks at in one go. */
  private static final int PIECE = 1 << 14;

  private Onednn() {}

  /** What no scope that happens to be open now may free. */
  private static <P extends Pointer> P forever(P pointer) {
    pointer.retainReference();
    return pointer;
  }

  static String version() {
    dnnl_version_t version = dnnl_version();
    return "%d.%d.%d".formatted(version.major(), version.minor(), version.patch());
  }

  /** An array of floats. */
  static memory.desc array(memory.format_tag tag, long... dimensions) {
    return new memory.desc(dimensions, memory.data_type.f32, tag);
  }

  static memory.desc strided(long[] dimensions, long[] strides) {
    return new memory.desc(dimensions, memory.data_type.f32, strides);
  }

  static boolean same(memory.desc a, memory.desc b) {
    return dnnl_memory_desc_equal(a.data(), b.data()) != 0;
  }

  /** Memory of its own, freed with the scope in which it is made. */
  static memory allocate(memory.desc desc) {
    return new memory(desc, CPU);
  }

  /** So many bytes, as {@link #allocate}. */
  static memory bytes(long count) {
    long[] length = {count};
    return allocate(new memory.desc(length, memory.data_type.u8, memory.format_tag.a));
  }

  /** The memory of another array, as one of another shape. */
  static memory view(memory.desc desc, memory of) {
    return new memory(desc, CPU, of.get_data_handle());
  }

  /** The memory from some number of an array on. */
  static memory view(memory.desc desc, memory of, long from) {
    return new memory(desc, CPU, floats(of).getPointer(from));
  }

  static FloatPointer floats(memory of) {
    return new FloatPointer(of.get_data_handle());
  }

  static void zero(memory of, long floats) {
    Pointer.memset(of.get_data_handle(), 0, floats * Float.BYTES);
  }

  /** The sum of the products of two arrays, piece by piece. */
  static double dot(FloatPointer a, FloatPointer b, long length) {
    float[] x = new float[(int) Math.min(length, PIECE)];
    float[] y = new float[x.length];
    double sum = 0;
    for (long from = 0; from < length; from += x.length) {
      int count = (int) Math.min(x.length, length - from);
      a.getPointer(from).get(x, 0, count);
      b.getPointer(from).get(y, 0, count);
      for (int i = 0; i < count; i++) {
        sum += (double) x[i] * y[i];
      }
    }
    return sum;
  }

  /** A primitive with its arrays, made once and run in every step. */
  static Runnable step(primitive primitive, Arguments arguments) {
    IntMemoryMap map = arguments.map;
    return () -> primitive.execute(STREAM, map);
  }

  /** Copies an array into another one of the same dimensions, whose layout differs. */
  static Runnable copy(memory from, memory to) {
    return step(
        new reorder(from, to), new Arguments().with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to));
  }

  /** The arrays of a primitive. */
  static final class Arguments {

    private final IntMemoryMap map = new IntMemoryMap();

    Arguments with(int role, memory array) {
      map.put(role, array);
      return this;
    }
  }
}
