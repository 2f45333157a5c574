package tweedie.driver.code;

import java.io.Serializable;

/**
 * What is summed up over images.
 *
 * @param codeSquares of all values of their codes
 * @param errorSquares of all pixels that were decoded again; 0 where none were
 * @param largestError the largest mean of such squares of one image
 */
record CodeSums(long images, double codeSquares, double errorSquares, double largestError)
    implements Serializable {

  static final CodeSums NONE = new CodeSums(0, 0, 0, 0);

  CodeSums plus(CodeSums other) {
    return new CodeSums(
        images + other.images,
        codeSquares + other.codeSquares,
        errorSquares + other.errorSquares,
        Math.max(largestError, other.largestError));
  }
}
