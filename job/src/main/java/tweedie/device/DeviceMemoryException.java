package tweedie.device;

/** A processor or GPU has too little memory for what it was given; less of it may fit. */
public final class DeviceMemoryException extends DeviceException {

  private static final long serialVersionUID = 1L;

  public DeviceMemoryException(String message) {
    super(message);
  }
}
