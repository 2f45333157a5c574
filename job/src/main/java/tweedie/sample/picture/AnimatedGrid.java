package tweedie.sample.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A contact sheet that moves: a GIF of the same chains at one noise level after another, for ever
 * from the beginning. Gray is exact; of colours, each frame has its own 256.
 *
 * @param grid how a frame is drawn
 * @param delay how long a frame stays, in hundredths of a second, at least 2: browsers slow down
 *     what is faster
 * @param lastDelay how long the last frame stays, in hundredths of a second, at least 2
 */
public record AnimatedGrid(ImageGrid grid, int delay, int lastDelay) {

  private static final int SHORTEST = 2;
  private static final int LONGEST = 0xFFFF;

  /**
   * @throws IllegalArgumentException if a delay is shorter than 2 or longer than 65535 hundredths
   *     of a second
   */
  public AnimatedGrid {
    for (int given : new int[] {delay, lastDelay}) {
      if (given < SHORTEST || given > LONGEST) {
        throw new IllegalArgumentException(
            "A frame must stay for %d to %d hundredths of a second, not %d"
                .formatted(SHORTEST, LONGEST, given));
      }
    }
  }

  /**
   * Draws the frames.
   *
   * @param frames pixels of all images in each frame, [n, height, width, channel]; values outside
   *     [0, 1] are clipped
   * @return a GIF file
   * @throws IllegalArgumentException if there is no frame, frames differ in their number of images,
   *     or values are not finite
   */
  public byte[] gif(List<double[]> frames) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("An animation must have at least one frame");
    }
    if (frames.stream().anyMatch(frame -> frame.length != frames.get(0).length)) {
      throw new IllegalArgumentException("Every frame of an animation must show the same images");
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < frames.size(); i++) {
        BufferedImage sheet = grid.sheet(frames.get(i));
        int stays = i == frames.size() - 1 ? lastDelay : delay;
        writer.writeToSequence(new IIOImage(sheet, null, metadata(writer, sheet, stays)), null);
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** How long the frame stays, and that the animation begins again (the NETSCAPE extension). */
  private static IIOMetadata metadata(ImageWriter writer, BufferedImage sheet, int delay)
      throws IIOInvalidTreeException {
    IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(sheet), null);
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = new IIOMetadataNode(format);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("transparentColorIndex", "0");
    control.setAttribute("delayTime", Integer.toString(delay));
    root.appendChild(control);
    IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
    IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
    loop.setAttribute("applicationID", "NETSCAPE");
    loop.setAttribute("authenticationCode", "2.0");
    loop.setUserObject(new byte[] {1, 0, 0});
    extensions.appendChild(loop);
    root.appendChild(extensions);
    metadata.mergeTree(format, root);
    return metadata;
  }
}
