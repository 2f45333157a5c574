package tweedie.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Measures on request, so that a script can let this process and the PyTorch twin take turns on one
 * machine: pairs within seconds of each other, without a start of either process between.
 *
 * <p>A line of standard input is one JSON object; each is answered by a line of standard output.
 *
 * <pre>
 *     {"subject": "TrainingStep", "set": {"preset": "mnist", "batch": 64}, "seconds": 3}
 *         runs the subject so long, first as long unmeasured if it is new
 *     {"close": true}
 *         frees all subjects
 *     {"reference": "mnist", "file": "reference.npz"}
 *         writes what the twin must compute alike
 * </pre>
 */
public final class Turns {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Supplier<Subject>> SUBJECTS =
      Map.of(
          "TrainingStep", TrainingStep::new,
          "Inference", Inference::new,
          "Sampling", Sampling::new,
          "Likelihood", Likelihood::new);

  private final Map<String, Subject> begun = new HashMap<>();

  private Turns() {}

  /** Answers until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries print
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Turns turns = new Turns();
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(JSON.writeValueAsString(turns.answer(JSON.readTree(line))));
      answers.flush();
    }
    turns.close();
  }

  private ObjectNode answer(JsonNode request) throws IOException {
    if (request.has("close")) {
      close();
    } else if (request.has("reference")) {
      Reference.write(request.get("reference").asText(), Path.of(request.get("file").asText()));
    } else {
      return measured(request);
    }
    return JSON.createObjectNode();
  }

  private ObjectNode measured(JsonNode request) throws IOException {
    double seconds = request.get("seconds").asDouble();
    String key = request.get("subject") + " " + request.get("set");
    if (!begun.containsKey(key)) {
      Subject subject = SUBJECTS.get(request.get("subject").asText()).get();
      JSON.readerForUpdating(subject).readValue(request.get("set"));
      subject.begin();
      begun.put(key, subject);
      run(subject, seconds);
    }
    return run(begun.get(key), seconds);
  }

  private static ObjectNode run(Subject subject, double seconds) {
    long began = System.nanoTime();
    long images = 0;
    long runs = 0;
    double taken;
    do {
      images += subject.run();
      runs++;
      taken = (System.nanoTime() - began) / 1e9;
    } while (taken < seconds);
    return JSON.createObjectNode().put("images", images).put("runs", runs).put("seconds", taken);
  }

  private void close() {
    begun.values().forEach(Subject::close);
    begun.clear();
  }
}
