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
      Nd4j.getExecutioner(); // loads ND4J, without which the holder of its operations cannot load
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }
  }
}
