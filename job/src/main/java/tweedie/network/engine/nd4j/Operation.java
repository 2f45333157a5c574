package tweedie.network.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One of ND4J's native operations with its arrays, or what Java computes, made once and run in
 * every step.
 *
 * <p>ND4J's {@code exec(op)} (1.0.0-M2.1) makes a native context whenever it is called, which stays
 * until Java collects garbage. This one has its context from the beginning.
 */
final class Operation {

  private final Runnable run;

  /** What Java computes. */
  Operation(Runnable run) {
    this.run = run;
  }

  /**
   * An operation that needs no more than its arrays and some integers.
   *
   * @param inputs arrays that it reads, and keeps
   * @param outputs arrays that it writes, and keeps
   */
  Operation(String name, INDArray[] inputs, INDArray[] outputs, long... integers) {
    CustomOp op = DynamicCustomOp.builder(name).addInputs(inputs).addOutputs(outputs).build();
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(inputs);
    context.setOutputArrays(outputs);
    context.setIArguments(integers);
    run = () -> Nd4j.getExecutioner().exec(op, context);
  }

  /** An operation on arrays alone, of one output. */
  static Operation of(String name, INDArray output, INDArray... inputs) {
    return new Operation(name, inputs, new INDArray[] {output});
  }

  /** The sums over these dimensions. */
  static Operation sum(INDArray from, INDArray to, long... dimensions) {
    return new Operation("reduce_sum", new INDArray[] {from}, new INDArray[] {to}, dimensions);
  }

  void run() {
    run.run();
  }
}
