package tweedie.data.picture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Kinds of files, told by how they begin. */
enum PictureFormat {
  PNG("a PNG picture", "\u0089PNG\r\n\u001a\n"),
  JPEG("a JPEG picture", "\u00ff\u00d8"),
  TIFF("a TIFF picture", "II\\*\0|MM\0\\*|II\\+\0|MM\0\\+"),
  WEBP("a WebP picture", "RIFF....WEBP"),
  BMP("a BMP picture", "BM.{12}[\14\50\64\70\154\174]\0\0\0"),
  GIF("a GIF picture", "GIF8"),
  AVIF("an AVIF picture", "....ftypavi[fs]"),
  HEIC("a HEIC picture", "....ftyp(he[iv]|mif1|msf1)"),
  JPEG_XL("a JPEG XL picture", "\u00ff\n|\0\0\0\fJXL "),
  JPEG_2000("a JPEG 2000 picture", "\0\0\0\fjP  |\u00ffO\u00ffQ"),
  VIDEO("a video", "....ftyp"),
  PDF("a PDF document", "%PDF"),
  PSD("a Photoshop document", "8BP[SB]"),
  ICON("an icon", "\0\0[\1\2]\0"),
  EXR("an OpenEXR picture", "v/1\1"),
  HDR("a Radiance picture", "#\\?(RADIANCE|RGBE)"),
  PNM("a PNM picture", "P[1-7]\\s"),
  ZIP("a zip archive", "PK\3\4"),
  GZIP("a gzip archive", "\u001f\u008b"),
  LFS("not the picture, but where Git LFS has it (git lfs pull)", "version https://git-lfs"),
  SVG("an SVG drawing", "(\u00ef\u00bb\u00bf)?\\s*(<\\?xml.*?)?(<!.*?>\\s*)*<svg"),
  HTML("a web page", "(\u00ef\u00bb\u00bf)?\\s*<(!doctype html|html)");

  private static final int LOOKED_AT = 1024;

  private final String said;
  private final Pattern start;

  PictureFormat(String said, String start) {
    this.said = said;
    this.start = Pattern.compile(start, Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  }

  /** What a file is, by its first bytes. */
  static Optional<PictureFormat> of(byte[] content) {
    String start =
        new String(content, 0, Math.min(LOOKED_AT, content.length), StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(format -> format.start.matcher(start).lookingAt())
        .findFirst();
  }

  /** Whether it is read. */
  boolean read() {
    return compareTo(BMP) <= 0;
  }

  @Override
  public String toString() {
    return said;
  }
}
