package tweedie.network.engine.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.memory;

/**
 * Native memory of the arrays of a network, which run in a fixed order: what an array has no use
 * for any more serves later ones of the same size.
 */
final class Buffers {

  private final Map<Long, Deque<memory>> free = new HashMap<>();

  /** Memory of one array, and how many hold it. */
  final class Buffer {

    final memory memory;
    private final long floats;
    private int holders = 1;

    private Buffer(memory memory, long floats) {
      this.memory = memory;
      this.floats = floats;
    }

    /** One more array lies in it. */
    Buffer hold() {
      holders++;
      return this;
    }

    /** One array less; without any it is free for operations that are made from now on. */
    void release() {
      holders--;
      if (holders == 0) {
        free.computeIfAbsent(floats, size -> new ArrayDeque<>()).push(memory);
      }
    }
  }

  /** Memory for so many floats, with whatever stands in it. */
  Buffer take(long floats) {
    Deque<memory> unused = free.get(floats);
    if (unused != null && !unused.isEmpty()) {
      return new Buffer(unused.pop(), floats);
    }
    return new Buffer(Onednn.allocate(Onednn.array(memory.format_tag.a, floats)), floats);
  }
}
