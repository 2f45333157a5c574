package tweedie.network.graph;

/** Numbers that convolutions multiply in training; all else, and every sum, is in float32. */
public enum Precision {
  /** 24 bits. */
  FLOAT32,
  /** 8 bits, where the processor has operations for them. */
  BFLOAT16
}
