package tweedie.driver.config;

/**
 * HOCON that does not come from a local file, such as the {@code config.conf} of a run.
 *
 * @param name how error messages call it
 * @param text the HOCON
 */
public record ConfigText(String name, String text) {}
