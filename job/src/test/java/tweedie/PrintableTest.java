package tweedie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void controlCharactersAreWrittenAsEscapes() {
    assertThat(Printable.line("a\u001b[31m\nb\r\tc\u009b\u202ed ü 漢 \\n"))
        .isEqualTo("a\\u001b[31m\\nb\\r\\tc\\u009b\\u202ed ü 漢 \\n");
  }

  @Test
  void onlyTheEndOfALineEndsALine() {
    StringWriter written = new StringWriter();
    PrintWriter out = Printable.on(new PrintWriter(written, true));
    out.println("one\ntwo");
    out.printf("%s|", "\u0007");
    out.println((Object) "three");
    out.flush();
    assertThat(written.toString().lines()).containsExactly("one\\ntwo", "\\u0007|three");
  }
}
