package tweedie.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import tweedie.fuzz.Trial.Verdict;

/**
 * What is damaged: data, a run with samples and evaluations, and archives, all small, in a
 * directory that is sound before every trial.
 *
 * @param sound a copy that nothing happens to
 * @param work where trials take place
 */
record Subject(Path sound, Path work) {

  static final String MEASURE =
      " -D tweedie.evaluate.classes=false -D tweedie.evaluate.projections=8";

  /** Makes it below a directory, by commands that must succeed. */
  static Subject make(Judge judge, Path below) throws Exception {
    Subject subject = new Subject(below.resolve("sound"), below.resolve("work"));
    Files.createDirectories(subject.work.resolve("out"));
    String run = subject.path("run");
    for (List<String> command :
        List.of(
            line(
                "import --from digits --size 8x8 --limit 60 --images-per-shard 30 --output ?",
                subject.path("data")),
            train(run, subject.path("data"), 2),
            line("sample --run ? --count 24 --method heun --name heun", run),
            line(
                "evaluate --run ? --what samples,likelihood,score -D tweedie.evaluate.score.images=20"
                    + " -D tweedie.evaluate.likelihood.images=4"
                    + " -D tweedie.evaluate.likelihood.sensitivity-images=0"
                    + MEASURE,
                run))) {
      Judge.Outcome made = judge.run(command, Judge.PATIENCE_SECONDS);
      if (made.status() != 0) {
        throw new IllegalStateException(command + " failed: " + made.err());
      }
    }
    Archives.write(subject.work.resolve("archives"));
    Tree.copy(subject.work, subject.sound);
    return subject;
  }

  void restore() throws IOException {
    Tree.delete(work);
    Tree.copy(sound, work);
  }

  String path(String name) {
    return work.resolve(name).toString();
  }

  /** A command line of words, with a value for each question mark. */
  static List<String> line(String words, Object... values) {
    List<String> line = new ArrayList<>();
    int next = 0;
    for (String word : words.split(" ")) {
      line.add(word.contains("?") ? word.replace("?", values[next++].toString()) : word);
    }
    line.addAll(List.of("--master", "local[1]"));
    return line;
  }

  static List<String> train(String run, String data, int epochs) {
    return line(
        "train --run ? -D tweedie.data.path=? -D tweedie.train.epochs=?"
            + " -D tweedie.model.channels=[4,8] -D tweedie.model.halvings=1"
            + " -D tweedie.model.embedding=8 -D tweedie.train.batch-size=8"
            + " -D tweedie.train.threads-per-worker=1 -D tweedie.sample.levels=3",
        run,
        data,
        epochs);
  }

  private List<String> export(String what) {
    return line("export --run ? --what ? --out ?", path("run"), what, path("out/x.npz"));
  }

  private List<String> report() {
    return line("report --run ? --out ?", path("run"), path("out/report.html"));
  }

  private List<String> sample() {
    return line("sample --run ? --count 24 --method heun --name heun", path("run"));
  }

  List<Trial> ofRun(Random random, int count) throws IOException {
    List<String> train = train(path("run"), path("data"), 2);
    List<Trial> trials =
        ofFiles(
            "run",
            random,
            count,
            files("run", "run/[^/]*\\.(json|jsonl|conf)|run/checkpoints/.*"),
            List.of(
                export("weights"),
                export("weights"),
                report(),
                sample(),
                line("doctor --run ?", path("run")),
                train));
    Path lock = work.resolve("run/lock.json");
    for (String content :
        List.of("", "null", "{}", "[]", "{\"token\":\"a\",\"heartbeat\":\"x\"}")) {
      trials.add(
          refused("lock.json of " + content, train, lock, () -> Files.writeString(lock, content)));
    }
    trials.add(
        refused(
            "all manifests cut",
            train,
            Path.of("manifest.json"),
            () -> {
              for (Path manifest : files("run", ".*manifest.json")) {
                Files.writeString(manifest, Files.readString(manifest).substring(0, 40));
              }
            }));
    Path config = work.resolve("run/config.conf");
    for (String content :
        List.of(
            "include url(\"http://127.0.0.1:9/x.conf\")",
            "include file(\"/etc/hostname\")",
            "tweedie.data.validation-path = ${?PATH}",
            "a = [1,1]\nb = ${a}${a}\nc = ${b}${b}")) {
      trials.add(
          refused(
              "config.conf with " + content,
              report(),
              config,
              () -> Files.writeString(config, Files.readString(config) + "\n" + content)));
    }
    return trials;
  }

  private static Trial refused(String what, List<String> command, Path file, Trial.Damage damage) {
    return new Trial(
        "run", what, command, List.of(file.getFileName().toString()), damage, Verdict.REFUSED);
  }

  List<Trial> ofSamples(Random random, int count) throws IOException {
    return ofFiles(
        "samples",
        random,
        count,
        files("run/samples", ".*\\.(parquet|json|conf)"),
        List.of(
            export("samples"),
            export("samples"),
            report(),
            sample(),
            line("evaluate --run ?" + MEASURE, path("run"))));
  }

  List<Trial> ofEvaluation(Random random, int count) throws IOException {
    return ofFiles(
        "evaluation",
        random,
        count,
        files("run/evaluation", ".*\\.(json|jsonl)"),
        List.of(report()));
  }

  List<Trial> ofShards(Random random, int count) throws IOException {
    return ofFiles(
        "shards",
        random,
        count,
        files("data", ".*\\.parquet"),
        List.of(train(path("out/run"), path("data"), 1)));
  }

  List<Trial> ofArchives(Random random, int count) throws IOException {
    List<Trial> trials = new ArrayList<>();
    for (Archives archive : Archives.values()) {
      List<String> command =
          archive == Archives.NPZ
              ? line(
                  "evaluate --run ? --samples ?" + MEASURE,
                  path("run"),
                  path("archives/npz/samples.npz"))
              : line(
                  "import --from ? --input ? --output ?" + archive.options(),
                  archive.source(),
                  path("archives/" + archive.source()),
                  path("out/data"));
      trials.addAll(
          ofFiles(
              "archives",
              random,
              Math.max(1, count / Archives.values().length),
              files("archives/" + archive.source(), ".*"),
              List.of(command)));
    }
    return trials;
  }

  private List<Path> files(String below, String pattern) throws IOException {
    try (Stream<Path> tree = Files.walk(work.resolve(below))) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> work.relativize(file).toString().matches(pattern))
          .sorted()
          .toList();
    }
  }

  /** Trials of files, each by one of the commands that may read it. */
  private List<Trial> ofFiles(
      String kind, Random random, int count, List<Path> files, List<List<String>> commands)
      throws IOException {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = files.get(random.nextInt(files.size()));
      String name = file.getFileName().toString();
      byte[] whole = Files.readAllBytes(file);
      boolean text = name.matches(".*\\.(json|jsonl|conf)");
      Mutation mutation = text ? Mutation.ofText(whole, random) : Mutation.ofBytes(whole, random);
      List<String> command = commands.get(random.nextInt(commands.size()));
      trials.add(
          new Trial(
              kind,
              "%s %s, %s".formatted(work.relativize(file), mutation.what(), command),
              command,
              List.of(name, file.getParent().getFileName().toString()),
              () -> Files.write(file, mutation.content()),
              isTold(name, mutation) ? Verdict.NOTICED : Verdict.SURVIVED));
    }
    return trials;
  }

  /** Whether a reader can tell that a file was changed. */
  private static boolean isTold(String name, Mutation mutation) {
    String what = mutation.what();
    // a text that ends early between two lines, or has no line, is a text
    boolean otherText =
        name.endsWith(".conf") || name.endsWith(".jsonl") && what.matches("cut.*|emptied");
    // other programs' formats have no checksums but for these
    boolean otherPixels =
        what.endsWith("flipped") && !name.matches(".*\\.(json|jsonl|npy|npz|parquet|png|gz)");
    return mutation.telling() && !otherText && !otherPixels;
  }
}
