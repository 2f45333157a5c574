package tweedie.network.engine;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.data.ImageShape;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;

/** Every engine against ND4J's on whole networks: what they compute differs by rounding only. */
class EngineEqualityTest {

  private static NetworkSettings unet(
      int height, int width, int colours, int halvings, int blocks, Integer... channels) {
    return new NetworkSettings(
        new ImageShape(height, width, colours),
        Kind.UNET,
        List.of(channels),
        halvings,
        blocks,
        0,
        0,
        10,
        Input.MEAN,
        1,
        Output.DENOISER,
        0.3,
        0.4,
        List.of());
  }

  private static NetworkSettings mlp(int dimension, int hidden, int depth) {
    return new NetworkSettings(
        new ImageShape(1, 1, dimension),
        Kind.MLP,
        List.of(),
        0,
        0,
        hidden,
        depth,
        12,
        Input.STACKED,
        3,
        Output.SCORE,
        0.3,
        0.4,
        List.of(0.1, 1.0));
  }

  static Stream<Arguments> cases() {
    return Stream.of(TestedEngine.values())
        .filter(engine -> engine != TestedEngine.ND4J)
        .flatMap(
            engine ->
                Stream.of(
                        Arguments.of(unet(7, 7, 1, 0, 1, 24, 10), 5),
                        Arguments.of(unet(8, 8, 3, 1, 1, 16, 32).withClasses(11), 9),
                        Arguments.of(mlp(3, 20, 2).withClasses(4), 7),
                        Arguments.of(unet(8, 12, 3, 1, 2, 16, 128).withAttention(List.of(4)), 3),
                        Arguments.of(unet(6, 6, 1, 1, 1, 10, 12).withAttention(List.of(3, 6)), 4),
                        Arguments.of(unet(30, 30, 3, 1, 2, 3, 10), 2),
                        Arguments.of(unet(28, 36, 1, 2, 1, 16, 24, 32), 3),
                        Arguments.of(unet(8, 8, 10, 2, 1, 8, 8, 8, 8), 1),
                        Arguments.of(unet(8, 8, 2, 1, 1, 1, 1), 64),
                        Arguments.of(mlp(2, 33, 2), 512),
                        Arguments.of(mlp(5, 16, 1), 1))
                    .map(a -> Arguments.of(engine, a.get()[0], a.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatNd4jComputes(TestedEngine engine, NetworkSettings settings, int n) {
    ComparedNetwork.assertEqual(settings, n, engine, 1);
    ComparedNetwork.assertEqual(settings, n, engine, 100);
  }
}
