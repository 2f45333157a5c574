package tweedie.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Another content for a file.
 *
 * @param what was done, in words
 * @param telling whether a reader can tell that it is not what was written
 */
record Mutation(String what, byte[] content, boolean telling) {

  private static final Pattern VALUE =
      Pattern.compile("(?<=: ?)(-?[0-9][-+.0-9eE]*|\"[^\"]*\"|true|false|null)");

  private static final List<String> OTHERS =
      List.of("null", "[]", "{}", "\"x\"", "-1", "1e999", "99999999999999999999", "0.5", "true");

  /** A mutation of a file of bytes that has a checksum. */
  static Mutation ofBytes(byte[] whole, Random random) {
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> flipped(whole, random);
      case 3 -> cut(whole, random);
      case 4 -> new Mutation("emptied", new byte[0], true);
      default -> longer(whole, random);
    };
  }

  /** A mutation of a file of JSON, HOCON or lines of JSON. */
  static Mutation ofText(byte[] whole, Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> cut(whole, random);
      case 1 -> new Mutation("emptied", new byte[0], true);
      case 2 -> whole("null");
      case 3 -> whole("{}");
      case 4 -> whole(OTHERS.get(random.nextInt(OTHERS.size())));
      case 5 -> new Mutation("of random bytes", bytes(random, 200), true);
      case 6 -> {
        Mutation flipped = flipped(whole, random);
        yield new Mutation(flipped.what, flipped.content, false);
      }
      default -> otherValue(whole, random);
    };
  }

  private static Mutation whole(String text) {
    return new Mutation("replaced by " + text, text.getBytes(StandardCharsets.UTF_8), true);
  }

  private static Mutation flipped(byte[] whole, Random random) {
    if (whole.length == 0) {
      return new Mutation("made of one byte", new byte[] {7}, true);
    }
    byte[] content = whole.clone();
    int at = random.nextInt(content.length);
    int bit = random.nextInt(8);
    content[at] ^= (byte) (1 << bit);
    return new Mutation("bit %d of byte %d flipped".formatted(bit, at), content, true);
  }

  private static Mutation cut(byte[] whole, Random random) {
    int length = whole.length == 0 ? 0 : random.nextInt(whole.length);
    // a text without its last character, a line break, is the same text
    boolean telling = length < whole.length - 1;
    return new Mutation("cut to %d bytes".formatted(length), Arrays.copyOf(whole, length), telling);
  }

  private static Mutation longer(byte[] whole, Random random) {
    byte[] more = bytes(random, 1 + random.nextInt(5000));
    byte[] content = Arrays.copyOf(whole, whole.length + more.length);
    System.arraycopy(more, 0, content, whole.length, more.length);
    return new Mutation("%d bytes longer".formatted(more.length), content, true);
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One value of a text replaced by one of another type. */
  private static Mutation otherValue(byte[] whole, Random random) {
    String text = new String(whole, StandardCharsets.UTF_8);
    List<MatchResult> values = new ArrayList<>(VALUE.matcher(text).results().toList());
    if (values.isEmpty()) {
      return cut(whole, random);
    }
    MatchResult value = values.get(random.nextInt(values.size()));
    String other = OTHERS.get(random.nextInt(OTHERS.size()));
    String content = text.substring(0, value.start()) + other + text.substring(value.end());
    return new Mutation(
        "%s replaced by %s".formatted(value.group(), other),
        content.getBytes(StandardCharsets.UTF_8),
        false);
  }
}
