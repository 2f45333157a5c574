package tweedie.driver;

import java.io.PrintWriter;
import tweedie.driver.action.Actions;
import tweedie.driver.cluster.Scratch;
import tweedie.driver.command.CommandTree;
import tweedie.driver.command.ExitStatus;

/** The command line; the main class for {@code java} and for {@code spark-submit}. */
public final class Tweedie {

  private Tweedie() {}

  /** Runs one command; the exit status is one of {@link ExitStatus}. */
  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(ExitStatus::ofUncaught);
    Scratch.take();
    int status = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
    // YARN in cluster mode takes any call of exit, even with 0, for a failure
    if (status != ExitStatus.DONE) {
      System.exit(status);
    }
  }

  /**
   * Runs one command inside this process.
   *
   * @param out gets what the command prints
   * @param err gets what is wrong
   * @return the exit status, one of {@link ExitStatus}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return CommandTree.run(new Actions(out, err), out, err, args);
  }
}
