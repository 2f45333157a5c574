package tweedie.device;

import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inner products of rows, and eigenvalues, by the native library in double precision. */
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
    return of(doubles(a), doubles(b), d);
  }

  /** The same of doubles. */
  public static double[] of(double[] a, double[] b, int d) {
    long n = a.length / d;
    long m = b.length / d;
    try (INDArray left = Nd4j.createFromArray(a).reshape('c', n, d);
        INDArray right = Nd4j.createFromArray(b).reshape('c', m, d);
        INDArray out = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n, m}, 'c')) {
      byAllThreads(() -> Nd4j.gemm(left, right, out, false, true, 1, 0));
      return out.data().asDouble();
    }
  }

  /**
   * The eigenvalues of a symmetric matrix, in ascending order.
   *
   * @param matrix [n, n]
   */
  public static double[] eigenvalues(double[] matrix, int n) {
    try (INDArray copy = Nd4j.createFromArray(matrix).reshape('f', n, n);
        INDArray values = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n}, 'f')) {
      if (byAllThreads(() -> Nd4j.getBlasWrapper().syev('N', 'U', copy, values)) != 0) {
        throw new IllegalStateException("The eigenvalues of a matrix cannot be found");
      }
      return values.data().asDouble();
    }
  }

  /** What OpenBLAS computes by the threads of this task, which it has not beside oneDNN. */
  private static <T> T byAllThreads(Supplier<T> asked) {
    int before = NativeThreads.ofBlas(NativeThreads.used());
    try {
      return asked.get();
    } finally {
      NativeThreads.ofBlas(before);
    }
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }
}
