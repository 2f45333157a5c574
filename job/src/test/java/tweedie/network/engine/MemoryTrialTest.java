package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.device.DeviceMemoryException;

/** On a card on which others have 1,000 MiB, and on which n images take 300 + 7 n MiB. */
class MemoryTrialTest {

  private static final int OTHERS = 1000;
  private static final int FIXED = 300;
  private static final int IMAGE = 7;

  private static final class Card implements MemoryTrial.Memory {
    private final long total;
    private long kept;

    Card(long total) {
      this.total = total;
    }

    void compute(int images) {
      long wanted = FIXED + (long) IMAGE * images;
      if (OTHERS + wanted > total) {
        kept = total - OTHERS; // what was taken before the last array did not fit
        throw new DeviceMemoryException("out of memory");
      }
      kept = Math.max(kept, wanted);
    }

    @Override
    public String device() {
      return "GPU 3, a card";
    }

    @Override
    public long total() {
      return total;
    }

    @Override
    public long used() {
      return OTHERS + kept;
    }

    @Override
    public void release() {
      kept = 0;
    }
  }

  private static String refusal(long total, int images) {
    Card card = new Card(total);
    return new MemoryTrial(card::compute, card).refusal("tweedie.batch", images).orElse("");
  }

  @Test
  void whatFitsIsNotRefused() {
    assertThat(refusal(OTHERS + FIXED + 64 * IMAGE, 64)).isEmpty();
  }

  @Test
  void whatIsNeededAndWhatFitsAreSaid() {
    assertThat(refusal(OTHERS + FIXED + 100 * IMAGE, 1024))
        .isEqualTo(
            "tweedie.batch = 1024 needs about %d MiB of memory, and GPU 3, a card, has 1000 of 2000 MiB free: set it to 100, which fits, or less",
            FIXED + 1024 * IMAGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 1000, 12345})
  void theNumberThatFitsIsWithinASixteenth(int fitting) {
    String sentence = refusal(OTHERS + FIXED + (long) fitting * IMAGE, 100_000);
    int offered = Integer.parseInt(sentence.replaceAll(".*set it to (\\d+),.*", "$1"));
    assertThat(offered).isBetween(fitting - fitting / 15 - 1, fitting).isPositive();
    assertThat(refusal(OTHERS + FIXED + (long) fitting * IMAGE, offered)).isEmpty();
  }

  @Test
  void aCardForNotASingleImageIsSaid() {
    assertThat(refusal(OTHERS + FIXED, 64))
        .isEqualTo(
            "tweedie.batch = 64 does not fit into the memory of GPU 3, a card, of which 300 of 1300 MiB are free, and neither does a single image: take another card, or a smaller network");
    assertThat(refusal(OTHERS + FIXED, 1)).contains("neither does a single image");
  }

  @Test
  void otherFailuresAreNotOfMemory() {
    MemoryTrial.Attempt broken =
        images -> {
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> new MemoryTrial(broken, new Card(5000)).refusal("tweedie.batch", 8))
        .hasMessage("broken");
  }
}
