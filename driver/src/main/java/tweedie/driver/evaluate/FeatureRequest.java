package tweedie.driver.evaluate;

import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The features of a network of the user's own.
 *
 * @param network its ONNX file
 * @param reference moments of features of other images, a {@code .npz} file with {@code mu} and
 *     {@code sigma}
 */
public record FeatureRequest(Path network, Optional<Path> reference) {}
