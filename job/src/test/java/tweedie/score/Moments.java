package tweedie.score;

/** Mean, variance and standard error of numbers that come one by one (Welford). */
public final class Moments {

  private long count;
  private double mean;
  private double squares;

  public void add(double value) {
    count++;
    double difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }

  public double mean() {
    return mean;
  }

  public double variance() {
    return squares / (count - 1);
  }

  /** Standard error of the mean. */
  public double error() {
    return Math.sqrt(variance() / count);
  }
}
