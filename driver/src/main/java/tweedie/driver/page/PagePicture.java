package tweedie.driver.page;

import java.util.Base64;

/**
 * A picture inside the page.
 *
 * @param png the file
 * @param alt what it shows, in words
 */
public record PagePicture(byte[] png, String alt) {

  /** The picture as a URI. */
  public String uri() {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }
}
