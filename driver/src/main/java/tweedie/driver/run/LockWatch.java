package tweedie.driver.run;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Whether another process works in a directory, as far as its {@link RunLock} tells. */
public final class LockWatch {

  private final RunDirectory run;
  private Optional<LockOwner> seen = Optional.empty();
  private long sinceNanos = System.nanoTime();

  public LockWatch(RunDirectory run) {
    this.run = run;
  }

  /**
   * Whether there is a lock whose owner is not known to be gone and gave a heartbeat lately. By
   * this machine's clock alone, from the first call on: those of two machines may differ.
   */
  public boolean isHeld() throws IOException {
    LockFile file = new LockFile(run.files(), new Path(run.path(), RunLock.FILE));
    if (!run.files().exists(file.path())) {
      return false;
    }
    Optional<LockOwner> owner = file.read();
    if (owner.filter(LockOwner::isGone).isPresent()) {
      return false;
    }
    if (owner.isPresent() && !owner.equals(seen)) { // empty while it is written
      seen = owner;
      sinceNanos = System.nanoTime();
    }
    return System.nanoTime() - sinceNanos < RunLock.Times.USUAL.dead().toNanos();
  }
}
