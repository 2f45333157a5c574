package tweedie.device;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A GPU, as NVIDIA's driver describes it. Asking loads nothing of ND4J, whose kernels end the
 * process on a card that they hold no code for.
 *
 * @param index its number, in the order of the PCI bus
 * @param uuid names it on every machine
 * @param capability compute capability, such as {@code 8.6}
 * @param memory all that it has, as nvidia-smi writes it, such as {@code 81559 MiB}
 * @param driver version of the driver
 */
public record Gpu(
    int index, String uuid, String name, String capability, String memory, String driver)
    implements Serializable {

  /** What ND4J's CUDA build can run on, in words. */
  public static final String SUPPORTED =
      "compute capability 3.7 to 8.9 (Kepler's K80 to Ampere, and Ada)";

  /**
   * The compute capabilities that {@code libnd4jcuda.so} of nd4j-cuda-11.6 (1.0.0-M2.1) holds code
   * for. There is no PTX in it, so a driver cannot compile it for a newer card.
   */
  private static final List<String> COMPILED =
      List.of("3.7", "5.0", "5.2", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6");

  private static final int PATIENCE_SECONDS = 30;

  /**
   * The GPUs of this machine, or of this container.
   *
   * @throws DeviceException if there is no driver, or it does not answer
   */
  public static List<Gpu> present() {
    return ask("nvidia-smi");
  }

  /** Those that the program {@code nvidiaSmi} lists. */
  static List<Gpu> ask(String nvidiaSmi) {
    String fields = "index,uuid,name,compute_cap,memory.total,driver_version";
    return parse(said(nvidiaSmi, "--query-gpu=" + fields, "--format=csv,noheader"));
  }

  /**
   * Memory that programs have at present, all together, in MiB.
   *
   * @throws DeviceException if the driver does not say
   */
  public long usedMebibytes() {
    return mebibytes(
        said("nvidia-smi", "-i", "" + index, "--query-gpu=memory.used", "--format=csv,noheader"));
  }

  /** Memory that it has, in MiB. */
  public long totalMebibytes() {
    return mebibytes(memory);
  }

  static long mebibytes(String written) {
    String number = written.strip().replaceFirst("\\s*MiB$", "");
    if (!number.matches("\\d{1,12}")) {
      throw new DeviceException(
          "nvidia-smi says '%s' of the memory of a GPU, which is no number of MiB"
              .formatted(written.strip()));
    }
    return Long.parseLong(number);
  }

  private static String said(String nvidiaSmi, String... arguments) {
    List<String> command = new ArrayList<>(List.of(nvidiaSmi));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    try {
      Process process = builder.redirectErrorStream(true).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new DeviceException(
            "No GPU can be used: nvidia-smi does not answer within %d s"
                .formatted(PATIENCE_SECONDS));
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new DeviceException(
            "No GPU can be used: nvidia-smi says '%s'"
                .formatted(said.lines().findFirst().orElse("status " + process.exitValue())));
      }
      return said;
    } catch (IOException e) { // there is no such program
      throw new DeviceException(
          "No GPU can be used: there is no nvidia-smi here, so no driver of NVIDIA's");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeviceException("Interrupted while nvidia-smi listed the GPUs");
    }
  }

  /** Reads lines of index, uuid, name, compute capability, memory and driver. */
  static List<Gpu> parse(String lines) {
    return lines.lines().filter(line -> !line.isBlank()).map(Gpu::ofLine).toList();
  }

  private static Gpu ofLine(String line) {
    String[] fields = line.trim().split("\\s*,\\s*");
    if (fields.length != 6
        || !fields[0].matches("\\d{1,4}")
        || !fields[3].matches("\\d{1,3}\\.\\d")) {
      throw new DeviceException(
          "No GPU can be used: nvidia-smi says '%s', which is not index, uuid, name, compute capability, memory and driver; its driver may be older than CUDA 11.6 needs (510)"
              .formatted(line));
    }
    return new Gpu(
        Integer.parseInt(fields[0]), fields[1], fields[2], fields[3], fields[4], fields[5]);
  }

  /** Whether Spark means this GPU by an address: its number or its uuid. */
  public boolean isAt(String address) {
    return address.equals(Integer.toString(index)) || address.equals(uuid);
  }

  /** Why ND4J cannot run on it, a sentence; empty if it can. */
  public Optional<String> refusal() {
    return COMPILED.stream().anyMatch(this::runs)
        ? Optional.empty()
        : Optional.of(
            "GPU %d, %s, has compute capability %s; ND4J's CUDA build holds code for %s, and none that it can run. Use another card, or the build without -Pcuda."
                .formatted(index, name, capability, SUPPORTED));
  }

  /** Code for one capability runs on a card of the same major number and at least that minor. */
  private boolean runs(String compiled) {
    int[] code = numbers(compiled);
    int[] card = numbers(capability);
    return code[0] == card[0] && code[1] <= card[1];
  }

  private static int[] numbers(String capability) {
    return Arrays.stream(capability.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }
}
