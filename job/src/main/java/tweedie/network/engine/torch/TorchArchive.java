package tweedie.network.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive, as {@code torch.jit.load} reads it, of a module without parameters: a zip
 * file that is not compressed, of code, the pickled module, no constants, and the version of the
 * format.
 */
final class TorchArchive {

  /** Opcodes of pickle's protocol 2: an object of class Net of the module __torch__, empty. */
  private static final String MODULE = "\u0080\u0002c__torch__\nNet\nq\u0000)\u0081}q\u0001b.";

  private static final String EMPTY_TUPLE = "\u0080\u0002).";

  private TorchArchive() {}

  /** The archive of a module with these methods, in Python, indented by two. */
  static byte[] of(String methods) {
    String code = "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + methods;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "net/data.pkl", MODULE);
      put(zip, "net/code/__torch__.py", code);
      put(zip, "net/constants.pkl", EMPTY_TUPLE);
      put(zip, "net/version", "3\n");
    } catch (IOException e) { // in memory
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
