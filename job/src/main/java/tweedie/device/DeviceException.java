package tweedie.device;

import tweedie.TweedieException;

/**
 * This machine's processor or GPU cannot run the network, or not as it was given to the task. The
 * message is a sentence that names the device and what to change; trying again does not help.
 */
public class DeviceException extends TweedieException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the device. */
  public DeviceException(String message) {
    super(Status.WRONG_INPUT, message);
  }
}
