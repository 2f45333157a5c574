package tweedie.driver.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** What people call this machine. */
public final class HostName {

  private HostName() {}

  public static String ofThisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) { // it has no address, as in a container without a network
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("unknown");
    }
  }
}
