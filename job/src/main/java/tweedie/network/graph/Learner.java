package tweedie.network.graph;

/**
 * Fits a {@link Graph} to examples by Adam: the parameters, Adam's moments and a moving average of
 * the parameters stay on one device until they are asked for. One thread at a time.
 */
public interface Learner extends AutoCloseable {

  /**
   * Examples of what the graph is to answer: the loss of example i is weight_i |scale_i F_i -
   * target_i|^2, where F is the graph's output.
   *
   * @param n number of examples
   * @param inputs one array for each {@link GraphInput}, in their order, [n, input]
   * @param scale [n]
   * @param target [n, output]
   * @param weight [n]
   */
  record Examples(int n, float[][] inputs, float[] scale, float[] target, float[] weight) {}

  /**
   * A step of Adam (Kingma and Ba 2015, arXiv 1412.6980).
   *
   * @param learningRate alpha
   * @param beta1 decay of the first moments
   * @param beta2 decay of the second moments
   * @param epsilon added to the root of the second moments, before their bias is corrected
   * @param number of the step, from 0
   * @param clip most Euclidean norm of the gradient, to which a longer one is scaled; 0 for no
   *     limit
   */
  record AdamStep(
      double learningRate, double beta1, double beta2, double epsilon, int number, double clip) {

    /**
     * The learning rate with the correction of both moments' bias, alpha sqrt(1 - beta2^t) / (1 -
     * beta1^t) for t = number + 1; rounded to float where ND4J's Adam (1.0.0-M2.1) rounds, since
     * that moves the first steps by parts in 100,000.
     */
    public float correctedRate() {
      float left1 = (float) Math.pow((float) beta1, number + 1);
      float left2 = (float) Math.pow((float) beta2, number + 1);
      return (float) ((float) learningRate * (float) Math.sqrt(1.0 - left2) / (1.0 - left1));
    }
  }

  /**
   * Puts the numbers on the device.
   *
   * @param parameters [P]
   * @param moments Adam's first moments, then its second, [2 P]
   * @param average the moving average of the parameters, [P]
   */
  void begin(float[] parameters, float[] moments, float[] average);

  /**
   * Takes a step of Adam on the mean loss of some examples, then one of the moving average, average
   * = decay average + (1 - decay) parameters.
   *
   * @return the loss of each example before the step, [n]
   */
  float[] step(Examples examples, AdamStep adam, double decay);

  /**
   * The graph's output under the present parameters.
   *
   * @param inputs one array for each {@link GraphInput}, in their order, [n, input]
   * @return [n, output]
   */
  float[] answer(int n, float[][] inputs);

  /** Whether Adam's moments have stayed finite in the last step. */
  boolean isFinite();

  /** The Euclidean norm of the gradient of the last step's mean loss, before it was scaled. */
  double gradientNorm();

  /** The parameters, [P]. */
  float[] parameters();

  /** Adam's first moments, then its second, [2 P]. */
  float[] moments();

  /** The moving average of the parameters, [P]. */
  float[] average();

  /** The engine, its version, and how it runs, in words: for reports. */
  String describe();

  @Override
  void close();
}
