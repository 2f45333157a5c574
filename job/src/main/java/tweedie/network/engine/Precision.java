package tweedie.network.engine;

/** In which numbers convolutions multiply in training; all else is in float32. */
public enum Precision {
  /** 24 bits. */
  FLOAT32,
  /** 8 bits; weights are normalised, summed up and changed in float32. */
  BFLOAT16
}
