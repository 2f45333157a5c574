package tweedie.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tries hostile input on every command; {@code tests/fuzz} runs it. */
final class Fuzz {

  private static final List<String> KINDS =
      List.of("settings", "run", "samples", "evaluation", "shards", "archives", "names", "disk");

  private static final List<String> NAMES =
      List.of(
          "a [1]{x} 10:30 ü%25#.d",
          "m*",
          "q?r",
          "$HOME",
          "{a,b}",
          "x:y",
          "[",
          "%",
          "-x",
          "a\tb",
          "a\nb",
          "file:x",
          "x..y",
          "\u001b[31mred");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final int HANG_SECONDS = 20;

  /** How many trials there were of a kind, and what was wrong. */
  record Count(int tried, List<String> faults, String note) {}

  private final Judge judge;
  private final Subject subject;
  private final long seed;
  private final int trials;
  private final Map<List<String>, String> baselines = new HashMap<>();

  Fuzz(Judge judge, Subject subject, long seed, int trials) {
    this.judge = judge;
    this.subject = subject;
    this.seed = seed;
    this.trials = trials;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>(Map.of("--seed", "1", "--trials", "100"));
    options.put("--only", String.join(",", KINDS));
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    Path below = Files.createTempDirectory("tweedie-fuzz");
    Map<String, Count> counts = new LinkedHashMap<>();
    try (Judge judge = new Judge(HANG_SECONDS)) {
      Subject subject = Subject.make(judge, below);
      Fuzz fuzz =
          new Fuzz(
              judge,
              subject,
              Long.parseLong(options.get("--seed")),
              Integer.parseInt(options.get("--trials")));
      for (String kind : options.get("--only").split(",")) {
        long began = System.nanoTime();
        Count count = fuzz.run(kind);
        counts.put(kind, count);
        System.out.printf(
            "%-10s %6d tried %4d faults %6.0f s  %s%n",
            kind,
            count.tried(),
            count.faults().size(),
            (System.nanoTime() - began) / 1e9,
            count.note());
        count.faults().forEach(fault -> System.out.println("  " + fault));
      }
    } finally {
      Tree.delete(below);
    }
    boolean sound = counts.values().stream().allMatch(count -> count.faults().isEmpty());
    System.exit(sound ? 0 : 1);
  }

  Count run(String kind) throws Exception {
    Random random = new Random(seed);
    return switch (kind) {
      case "settings" -> SettingsFuzz.run(judge, random, trials);
      case "run" -> run(subject.ofRun(random, trials));
      case "samples" -> run(subject.ofSamples(random, trials));
      case "evaluation" -> run(subject.ofEvaluation(random, trials));
      case "shards" -> run(subject.ofShards(random, trials));
      case "archives" -> run(subject.ofArchives(random, trials));
      case "names" -> names();
      case "disk" -> new Disk(judge, subject).run();
      default -> throw new IllegalArgumentException("--only takes some of " + KINDS);
    };
  }

  private Count run(List<Trial> trials) throws Exception {
    List<String> faults = new ArrayList<>();
    for (Trial trial : trials) {
      String sound = baselines.get(trial.command());
      if (sound == null) {
        subject.restore();
        Judge.Outcome outcome = judge.run(trial.command());
        if (outcome.status() != 0) {
          throw new IllegalStateException(trial.command() + " fails as it is: " + outcome.err());
        }
        sound = result(outcome);
        baselines.put(trial.command(), sound);
      }
      subject.restore();
      tried(trial, sound).ifPresent(fault -> faults.add(trial.what() + ": " + fault));
    }
    subject.restore();
    return new Count(trials.size(), faults, "");
  }

  private Optional<String> tried(Trial trial, String sound) throws Exception {
    trial.damage().make();
    SortedMap<String, Integer> before = Tree.contents(subject.work());
    Judge.Outcome outcome = judge.run(trial.command());
    SortedMap<String, Integer> after = Tree.contents(subject.work());
    Map<String, Integer> written = new TreeMap<>(after);
    written.entrySet().removeAll(before.entrySet());
    return Judge.fault(
        trial,
        outcome,
        outcome.status() == 0 && result(outcome).equals(sound),
        String.join(", ", written.keySet()));
  }

  /**
   * What a command has made: what it printed, arrays, pictures and pages, without times of day and
   * durations.
   */
  private String result(Judge.Outcome outcome) throws IOException {
    StringBuilder result = new StringBuilder(outcome.out().replaceAll("[0-9.]+ (s|dB)\\b", ""));
    try (Stream<Path> tree = Files.walk(subject.work())) {
      for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
        String name = subject.work().relativize(file).toString();
        if (name.matches("out/.*\\.html")) {
          result.append(
              Files.readString(file).replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC", ""));
        } else if (name.endsWith("_content.json")) { // Parquet may write the same in another way
          Matcher hashes = SHA256.matcher(Files.readString(file));
          hashes.results().forEach(hash -> result.append(hash.group()));
        } else if (name.matches("out/.*\\.(npz|npy)")) {
          result.append(name).append(Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return result.toString();
  }

  /** The commands in their order: each uses what those before it have made. */
  private Count names() throws Exception {
    List<String> faults = new ArrayList<>();
    int tried = 0;
    for (String name : NAMES.subList(0, Math.min(NAMES.size(), Math.max(1, trials / 7)))) {
      subject.restore();
      for (Trial trial : new Outputs(subject).ofName(name)) {
        trial.damage().make();
        Judge.fault(trial, judge.run(trial.command()), true, "")
            .ifPresent(fault -> faults.add(trial.what() + ": " + fault));
        tried++;
      }
    }
    subject.restore();
    return new Count(tried, faults, "");
  }
}
