package tweedie.sample.walk;

/**
 * Where the chains of a walk are, all that is needed to continue it.
 *
 * @param chains numbers of the chains, [n]
 * @param y positions, [n, d]
 * @param v velocities, [n, d]; zeros in an overdamped walk
 * @param step steps since the beginning
 */
public record WalkState(long[] chains, double[] y, double[] v, long step) {}
