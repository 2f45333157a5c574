package tweedie.data.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyVectorTest {

  /** What numpy.save writes for numpy.array([1, -2], dtype='float32'). */
  private static byte[] oneAndMinusTwo() {
    byte[] file = new byte[128 + 8];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    byte[] header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
            .getBytes(StandardCharsets.US_ASCII);
    Arrays.fill(file, (byte) ' ');
    System.arraycopy(start, 0, file, 0, start.length);
    System.arraycopy(header, 0, file, start.length, header.length);
    file[127] = '\n';
    System.arraycopy(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0}, 0, file, 128, 8);
    return file;
  }

  @Test
  void readsWhatNumpyWrites() {
    assertThat(NpyVector.decode(oneAndMinusTwo())).containsExactly(1, -2);
  }

  @Test
  void readsVersionTwoWhoseHeaderMayBeLonger() {
    byte[] one = oneAndMinusTwo();
    byte[] two = new byte[one.length + 2];
    System.arraycopy(one, 0, two, 0, 10);
    two[6] = 2;
    System.arraycopy(one, 10, two, 12, one.length - 10);
    assertThat(NpyVector.decode(two)).containsExactly(1, -2);
  }

  @Test
  void writesAHeaderThatEndsOnAMultipleOf64() {
    byte[] file = NpyVector.encode(new float[] {1, -2});
    int header = 10 + (file[8] & 255) + 256 * file[9];
    assertThat(header % 64).isZero();
    assertThat(file).hasSize(header + 8);
    assertThat(file[header - 1]).isEqualTo((byte) '\n');
    assertThat(Arrays.copyOf(file, 8)).isEqualTo(Arrays.copyOf(oneAndMinusTwo(), 8));
    assertThat(new String(file, 10, header - 10, StandardCharsets.US_ASCII).strip())
        .isEqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
    assertThat(Arrays.copyOfRange(file, header, header + 8))
        .isEqualTo(Arrays.copyOfRange(oneAndMinusTwo(), 128, 136));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 10, 99_999, 1_000_000})
  void numbersComeBackBitByBit(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = Float.intBitsToFloat(i * 0x9E3779B1);
    }
    float[] read = NpyVector.decode(NpyVector.encode(values));
    assertThat(read).hasSize(length);
    for (int i = 0; i < length; i++) {
      if (Float.floatToRawIntBits(read[i]) != Float.floatToRawIntBits(values[i])) {
        assertThat(read[i]).as("number %d", i).isEqualTo(values[i]);
      }
    }
  }

  @Test
  void anotherFileIsRefused() {
    assertRefused(new byte[0], "not a .npy file");
    assertRefused("PK and more".getBytes(StandardCharsets.US_ASCII), "not a .npy file");
    byte[] versionThree = oneAndMinusTwo();
    versionThree[6] = 3;
    assertRefused(versionThree, "a .npy file of version 3.0; 1.0 and 2.0 can be read");
  }

  @Test
  void aFileThatIsCutOffIsRefused() {
    assertRefused(Arrays.copyOf(oneAndMinusTwo(), 100), "cut off in its header");
    assertRefused(
        Arrays.copyOf(oneAndMinusTwo(), 134), "2 numbers are announced and 6 bytes follow");
    assertRefused(
        Arrays.copyOf(oneAndMinusTwo(), 140), "2 numbers are announced and 12 bytes follow");
  }

  @Test
  void numbersOfAnotherKindOrShapeAreRefused() {
    String readable =
        "uint8 ('|u1'), little-endian int64 ('<i8'), float32 ('<f4') and float64 ('<f8') can be read";
    assertRefused(edited("<f4", "<f2"), "its numbers are of type '<f2'; " + readable);
    assertRefused(edited("<f4", ">f4"), "its numbers are of type '>f4'; " + readable);
    assertRefused(edited("<f4", "|u1"), "not a vector of float32");
    assertRefused(edited("<f4", "<f8"), "not a vector of float32");
    assertRefused(edited("(2,)", "(1,2)"), "not a vector of float32");
    assertRefused(edited("(2,)", "(-2,)"), "its header is {'descr': '<f4', ");
    assertRefused(
        edited("False", "True "), "stored in Fortran order; save numpy.ascontiguousarray of it");
    assertRefused(edited("(2,)", "(999999999999999999,999999999999999999)"), "is too large");
  }

  private static byte[] edited(String from, String to) {
    String text = new String(oneAndMinusTwo(), StandardCharsets.ISO_8859_1);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertRefused(byte[] file, String message) {
    assertThatThrownBy(() -> NpyVector.decode(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
