package tweedie.device;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inner products of rows by the native library, in double precision. */
public final class RowProducts {

  private RowProducts() {}

  /**
   * a b^T.
   *
   * @param a n rows of d numbers
   * @param b m rows of d numbers
   * @return [n, m]: a_i . b_j at i m + j
   */
  public static double[] of(float[] a, float[] b, int d) {
    long n = a.length / d;
    long m = b.length / d;
    try (INDArray left = doubles(a).reshape('c', n, d);
        INDArray right = doubles(b).reshape('c', m, d);
        INDArray out = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n, m}, 'c')) {
      Nd4j.gemm(left, right, out, false, true, 1, 0);
      return out.data().asDouble();
    }
  }

  private static INDArray doubles(float[] values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return Nd4j.createFromArray(copy);
  }
}
