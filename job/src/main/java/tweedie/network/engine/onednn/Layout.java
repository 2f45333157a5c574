package tweedie.network.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;

/**
 * How images lie in memory in a whole network, so that nothing is copied between its operations.
 * Channels are filled up with zeros to whole {@link #BLOCK}s in both: for other numbers of them
 * oneDNN falls back to code that is 10 to 100 times slower.
 */
public enum Layout {
  /** Blocks of channels, each of them an image: [n, channels / block, height, width, block]. */
  BLOCKED,
  /** All channels of a pixel together: [n, height, width, channels]. */
  CHANNELS_LAST;

  /** Numbers in a vector register of this CPU. */
  static final int BLOCK = hasAvx512() ? 16 : 8;

  private static boolean hasAvx512() {
    int isa = dnnl_get_effective_cpu_isa();
    return (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  }

  /** So many channels, filled up to whole blocks. */
  static long wide(long channels) {
    return (channels + BLOCK - 1) / BLOCK * BLOCK;
  }

  private static final format_tag BLOCKED_TAG =
      BLOCK == 16 ? format_tag.nChw16c : format_tag.nChw8c;

  /**
   * Images in an array of whole blocks.
   *
   * @param c channels, of which the array may hold more
   */
  memory.desc images(long n, long c, long h, long w) {
    if (this == BLOCKED) {
      return Onednn.array(BLOCKED_TAG, n, c, h, w);
    }
    long wide = wide(c);
    return Onednn.strided(new long[] {n, c, h, w}, new long[] {h * w * wide, 1, w * wide, wide});
  }

  /** Images in bfloat16, of whole blocks of channels. */
  memory.desc half(long... dimensions) {
    format_tag tag = this == BLOCKED ? BLOCKED_TAG : format_tag.nhwc;
    return new memory.desc(dimensions, memory.data_type.bf16, tag);
  }

  /**
   * The same memory of whole blocks of images, in dimensions in which one number for each channel
   * of each image is added by fast code: where the channels of all images count as those of one.
   */
  memory.desc perChannel(long n, long c, long pixels) {
    return this == BLOCKED
        ? Onednn.array(BLOCKED_TAG, 1, n * c, pixels, 1)
        : Onednn.array(format_tag.abc, n, pixels, c);
  }
}
