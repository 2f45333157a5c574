package tweedie.data.picture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * What a PNG file's pixels, their colours and its orientation need; of all else it may hold what it
 * likes. Nothing is decompressed but the pixels, which are as many as the header says, and the
 * colour profile, up to a limit.
 */
final class Png {

  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int TRNS = 0x74524E53;
  private static final int ICCP = 0x69434350;
  private static final int EXIF = 0x65584966;
  private static final List<Integer> NEEDED = List.of(IHDR, PLTE, IDAT, IEND, TRNS, ICCP, EXIF);

  /** No deflated byte stands for more. */
  private static final int MOST_INFLATED = 1032;

  private static final int LARGEST_PROFILE = 4 << 20;

  private record Chunk(int start, int type, int length) {
    int data() {
      return start + 8;
    }
  }

  private final byte[] content;
  private final List<Chunk> pixels = new ArrayList<>();
  private Chunk header;
  private PngHeader size;
  private Chunk palette;
  private Chunk transparency;
  private Chunk profile;
  private Chunk exif;

  /**
   * Reads the chunks.
   *
   * @throws IOException if one that is needed is missing, damaged or out of place
   */
  Png(byte[] content) throws IOException {
    this.content = content;
    ByteBuffer png = ByteBuffer.wrap(content);
    Chunk chunk;
    int at = 8;
    do {
      if (content.length - at < 12) {
        throw new IOException("it ends before its IEND chunk");
      }
      chunk = new Chunk(at, png.getInt(at + 4), png.getInt(at));
      if (chunk.length < 0 || chunk.length > content.length - at - 12) {
        throw new IOException("it ends inside a chunk");
      }
      CRC32 crc = new CRC32();
      crc.update(content, at + 4, chunk.length + 4);
      boolean whole = (int) crc.getValue() == png.getInt(chunk.data() + chunk.length);
      if (!whole && (header == null || needs(chunk.type))) {
        throw new IOException("the checksum of the chunk at byte " + at + " is wrong");
      }
      take(chunk, whole);
      at += 12 + chunk.length;
    } while (chunk.type != IEND);
    if (pixels.isEmpty()) {
      throw new IOException("it has no IDAT chunk");
    }
    if (size.type() == PngHeader.INDEXED && palette == null) {
      throw new IOException("it has no palette");
    }
    checkTransparency();
    PictureMemory.checkSize(size.height(), size.width());
    if (size.bytes() > MOST_INFLATED * (deflated() + 1)) {
      throw new IOException(
          "its %d bytes of pixels are too few for %dx%d"
              .formatted(deflated(), size.height(), size.width()));
    }
  }

  private long deflated() {
    return pixels.stream().mapToLong(Chunk::length).sum();
  }

  private boolean needs(int type) {
    return NEEDED.contains(type) && (type != PLTE || size.type() == PngHeader.INDEXED);
  }

  private void take(Chunk chunk, boolean whole) throws IOException {
    if ((chunk.type == IHDR) != (header == null)) {
      throw new IOException(
          header == null ? "it does not begin with its IHDR chunk" : "it has two IHDR chunks");
    }
    switch (chunk.type) {
      case IHDR -> {
        header = chunk;
        size = PngHeader.of(ByteBuffer.wrap(content, chunk.data(), chunk.length).slice());
      }
      case PLTE -> palette = size.type() == PngHeader.INDEXED ? first(palette, chunk) : null;
      case TRNS ->
          transparency = size.type() <= PngHeader.INDEXED ? first(transparency, chunk) : null;
      case ICCP -> profile = profile == null ? chunk : profile;
      case EXIF -> exif = exif == null ? chunk : exif;
      case IDAT -> pixels.add(chunk);
      case IEND -> {}
      default -> {
        if (whole && (chunk.type & 0x20000000) == 0) { // a reader has to know it
          throw new IOException("it has a chunk %s, which is not PNG's".formatted(name(chunk)));
        }
      }
    }
  }

  private Chunk first(Chunk before, Chunk chunk) throws IOException {
    if (before != null || !pixels.isEmpty()) {
      throw new IOException(
          "it has %s %s chunk".formatted(before == null ? "a late" : "a second", name(chunk)));
    }
    if (chunk.type == PLTE && (chunk.length % 3 != 0 || chunk.length < 3 || chunk.length > 768)) {
      throw new IOException("its palette has %d bytes".formatted(chunk.length));
    }
    return chunk;
  }

  private String name(Chunk chunk) {
    return new String(content, chunk.start + 4, 4, StandardCharsets.US_ASCII)
        .replaceAll("[^A-Za-z]", "?");
  }

  private void checkTransparency() throws IOException {
    if (transparency != null) {
      int right = size.type() == PngHeader.INDEXED ? transparency.length : 2 * size.channels();
      if (transparency.length != right
          || size.type() == PngHeader.INDEXED && transparency.length > colours()
          || transparency.length == 0) {
        throw new IOException("its tRNS chunk has %d bytes".formatted(transparency.length));
      }
    }
  }

  /** What the header says. */
  PngHeader header() {
    return size;
  }

  /** Bytes that a pixel takes while it is decoded. */
  int bytesPerPixel() {
    return size.channels() * (size.depth() > 8 ? 2 : 1)
        + PictureDecoder.bytesPerPixel(profile != null, exif != null);
  }

  /** Colours of the palette; 0 where there is none. */
  int colours() {
    return palette == null ? 0 : palette.length / 3;
  }

  /** Whether pixels can name colours that the palette has not. */
  boolean checkIndices() {
    return palette != null && colours() < 1 << size.depth();
  }

  /** The samples that are transparent, of a gray or colour picture without alpha; else null. */
  int[] transparent() {
    if (transparency == null || size.type() != PngHeader.GRAY && size.type() != PngHeader.RGB) {
      return null;
    }
    int[] samples = new int[size.channels()];
    for (int c = 0; c < samples.length; c++) {
      int sample = ByteBuffer.wrap(content).getShort(transparency.data() + 2 * c);
      samples[c] = sample & (1 << size.depth()) - 1;
    }
    return samples;
  }

  /** The colour profile; null where there is none that can be read. */
  byte[] profile() throws IOException {
    if (profile == null) {
      return null;
    }
    int name = profile.data();
    int end = profile.data() + profile.length;
    while (name < end && content[name] != 0) {
      name++;
    }
    if (end - name < 3) {
      return null;
    }
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(content, name + 2, end - name - 2))) {
      byte[] bytes = in.readNBytes(LARGEST_PROFILE + 1);
      if (bytes.length <= LARGEST_PROFILE) {
        return bytes;
      }
    } catch (IOException e) {
      return null; // as a viewer has it
    }
    throw new IOException("its colour profile has more than %d bytes".formatted(LARGEST_PROFILE));
  }

  /** What Exif says; null where nothing. */
  byte[] exif() {
    return exif == null
        ? null
        : Arrays.copyOfRange(content, exif.data(), exif.data() + exif.length);
  }

  /**
   * A file of the header, the palette with its transparency, and the pixels.
   *
   * @throws IOException if they are not as many as the header says
   */
  byte[] needed() throws IOException {
    checkPixels();
    ByteArrayOutputStream needed = new ByteArrayOutputStream(content.length);
    needed.write(content, 0, 8);
    List<Chunk> chunks = new ArrayList<>(List.of(header));
    if (palette != null) {
      chunks.add(palette);
      if (transparency != null) {
        chunks.add(transparency);
      }
    }
    chunks.addAll(pixels);
    for (Chunk chunk : chunks) {
      needed.write(content, chunk.start, chunk.length + 12);
    }
    needed.write(ByteBuffer.allocate(12).putInt(0).putInt(IEND).putInt(0xAE426082).array(), 0, 12);
    return needed.toByteArray();
  }

  private void checkPixels() throws IOException {
    long expected = size.bytes();
    long deflated = deflated();
    Inflater inflater = new Inflater();
    byte[] scratch = new byte[(int) Math.min(expected + 1, 1 << 16)];
    long inflated = 0;
    try {
      for (Chunk chunk : pixels) {
        inflater.setInput(content, chunk.data(), chunk.length);
        while (inflated <= expected && !inflater.needsInput() && !inflater.finished()) {
          int got = inflater.inflate(scratch);
          inflated += got;
          if (got == 0 && inflater.needsDictionary()) {
            throw new IOException("its pixels need a dictionary");
          }
        }
      }
      if (inflated > expected || inflater.finished() && inflater.getBytesRead() < deflated) {
        throw new IOException(
            "it has more pixels than the %dx%d of its header"
                .formatted(size.height(), size.width()));
      }
      if (inflated < expected || !inflater.finished()) {
        throw new IOException(
            "its pixels end before the %dx%d of its header".formatted(size.height(), size.width()));
      }
    } catch (DataFormatException e) {
      throw new IOException("its pixels are damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }
}
