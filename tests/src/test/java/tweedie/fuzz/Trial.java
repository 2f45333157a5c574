package tweedie.fuzz;

import java.util.List;

/**
 * One command on one hostile input.
 *
 * @param kind of input, by which trials are counted
 * @param what was done to it, in words
 * @param command the command line
 * @param names of what is wrong, a file or a key: a refusal has one of them
 * @param damage does it, before the command
 * @param verdict what may come of it
 */
record Trial(
    String kind,
    String what,
    List<String> command,
    List<String> names,
    Damage damage,
    Verdict verdict) {

  /** Makes the input. */
  @FunctionalInterface
  interface Damage {
    void make() throws Exception;
  }

  /** What may come of a trial. */
  enum Verdict {
    /** It is wrong: the command refuses it. */
    REFUSED,
    /** It is refused, or makes no difference to the result, or a warning names it. */
    NOTICED,
    /** It may mean something else, which nobody can tell; it only must not end in a crash. */
    SURVIVED,
    /** There is nothing wrong with it. */
    ACCEPTED
  }
}
