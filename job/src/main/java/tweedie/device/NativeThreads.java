package tweedie.device;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The number of threads that ND4J's native operations take. */
public final class NativeThreads {

  private NativeThreads() {}

  /**
   * Lets operations that this thread starts take {@code threads} threads; 0 leaves what
   * OMP_NUM_THREADS says.
   */
  public static void use(int threads) {
    if (threads > 0) {
      // ND4J (1.0.0-M2.1) fails with "probably missing dependencies", for good, where its native
      // operations are asked for before its backend
      Nd4j.getBackend();
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }
  }

  /**
   * Lets OpenBLAS take {@code threads} threads for what this process asks of it from now on. Its
   * own threads wait for more by spinning, on cores that others need.
   *
   * @return how many it took so far
   */
  public static int ofBlas(int threads) {
    Nd4j.getBackend();
    if (Cuda.isOnClassPath()) {
      return threads; // products are the card's
    }
    Blas blas = Nd4j.factory().blas();
    int before = blas.getMaxThreads();
    blas.setMaxThreads(threads);
    return before;
  }

  /** How many threads operations that this thread starts take. */
  public static int used() {
    Nd4j.getBackend();
    return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
  }
}
