package tweedie.network;

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
      // ND4J's holder of native operations cannot be the first class of ND4J that is loaded
      Nd4j.getExecutioner();
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }
  }
}
