package tweedie.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import tweedie.fuzz.Trial.Verdict;

/**
 * What is damaged: data, a run with samples and evaluations, and archives, all small, in a
 * directory that is sound before every trial.
 */
final class Subject {

  static final String OUT = "out";

  private static final List<String> NAMES =
      List.of(
          "a [1]{x} 10:30 ü%25#.d",
          "m*",
          "q?r",
          "{a,b}",
          "x:y",
          "[",
          "%",
          "-x",
          "a\tb",
          "$HOME",
          "a\nb",
          "file:x",
          "..x",
          "\u001b[31mred");

  private final Path sound;
  private final Path work;

  private Subject(Path sound, Path work) {
    this.sound = sound;
    this.work = work;
  }

  /** Makes it below a directory, by commands that must succeed. */
  static Subject make(Judge judge, Path below) throws Exception {
    Subject subject = new Subject(below.resolve("sound"), below.resolve("work"));
    Files.createDirectories(subject.work);
    for (List<String> command : subject.makers()) {
      Judge.Outcome made = judge.run(command, Judge.PATIENCE_SECONDS);
      if (made.status() != 0) {
        throw new IllegalStateException(command + " failed: " + made.err());
      }
    }
    Archives.write(subject.work.resolve("archives"));
    Files.createDirectories(subject.work.resolve(OUT));
    Tree.copy(subject.work, subject.sound);
    return subject;
  }

  Path work() {
    return work;
  }

  void restore() throws IOException {
    Tree.delete(work);
    Tree.copy(sound, work);
  }

  String path(String name) {
    return work.resolve(name).toString();
  }

  private static List<String> line(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--master", "local[1]"));
    return line;
  }

  private List<List<String>> makers() {
    String run = path("run");
    return List.of(
        line(
            "import",
            "--from",
            "digits",
            "--size",
            "8x8",
            "--limit",
            "60",
            "--images-per-shard",
            "30",
            "--output",
            path("data")),
        train(run, path("data"), 2),
        line("sample", "--run", run, "--count", "24", "--method", "heun", "--name", "heun"),
        line(
            "evaluate",
            "--run",
            run,
            "--what",
            "samples,likelihood,score",
            "-D",
            "tweedie.evaluate.classes=false",
            "-D",
            "tweedie.evaluate.projections=8",
            "-D",
            "tweedie.evaluate.likelihood.images=4",
            "-D",
            "tweedie.evaluate.likelihood.sensitivity-images=0",
            "-D",
            "tweedie.evaluate.score.images=20"));
  }

  static List<String> train(String run, String data, int epochs) {
    return line(
        "train",
        "--run",
        run,
        "-D",
        "tweedie.data.path=" + data,
        "-D",
        "tweedie.model.channels=[4, 8]",
        "-D",
        "tweedie.model.halvings=1",
        "-D",
        "tweedie.model.embedding=8",
        "-D",
        "tweedie.train.batch-size=8",
        "-D",
        "tweedie.train.threads-per-worker=1",
        "-D",
        "tweedie.sample.levels=3",
        "-D",
        "tweedie.train.epochs=" + epochs);
  }

  /** Trials of the files below some directories, each by one of the commands that may read it. */
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
      // a text that ends early between two lines, or has no line, is a text; and other programs'
      // formats have no checksums but for these
      boolean telling =
          mutation.telling()
              && !(mutation.what().endsWith("flipped")
                  && !name.matches(".*\\.(json|jsonl|npy|npz|parquet|png|gz)"))
              && !name.endsWith(".conf")
              && !(name.endsWith(".jsonl") && mutation.what().matches("cut.*|emptied"));
      List<String> command = commands.get(random.nextInt(commands.size()));
      trials.add(
          new Trial(
              kind,
              "%s %s, %s".formatted(work.relativize(file), mutation.what(), command),
              command,
              List.of(name, file.getParent().getFileName().toString()),
              () -> Files.write(file, mutation.content()),
              telling ? Verdict.NOTICED : Verdict.SURVIVED));
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

  private List<String> export(String what) {
    return line("export", "--run", path("run"), "--what", what, "--out", path("out/x.npz"));
  }

  private List<String> report() {
    return line("report", "--run", path("run"), "--out", path("out/report.html"));
  }

  private List<String> sample() {
    return line(
        "sample", "--run", path("run"), "--count", "24", "--method", "heun", "--name", "heun");
  }

  List<Trial> ofRun(Random random, int count) throws IOException {
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
                line("doctor", "--run", path("run")),
                train(path("run"), path("data"), 2)));
    Path lock = work.resolve("run/lock.json");
    for (String content :
        List.of("", "null", "{}", "[]", "{\"token\":\"a\",\"heartbeat\":\"x\"}")) {
      trials.add(
          new Trial(
              "run",
              "lock.json of " + content,
              train(path("run"), path("data"), 2),
              List.of("lock.json"),
              () -> Files.writeString(lock, content),
              Verdict.REFUSED));
    }
    trials.add(
        new Trial(
            "run",
            "all manifests cut",
            train(path("run"), path("data"), 2),
            List.of("manifest.json"),
            () -> {
              for (Path manifest : files("run", ".*manifest.json")) {
                Files.writeString(manifest, Files.readString(manifest).substring(0, 40));
              }
            },
            Verdict.REFUSED));
    for (String content :
        List.of(
            "include url(\"http://127.0.0.1:9/x.conf\")",
            "include file(\"/etc/hostname\")",
            "tweedie.data.validation-path = ${?PATH}",
            "a = [1,1]\nb = ${a}${a}\nc = ${b}${b}")) {
      trials.add(
          new Trial(
              "run",
              "config.conf with " + content,
              report(),
              List.of("config.conf"),
              () ->
                  Files.writeString(
                      work.resolve("run/config.conf"),
                      Files.readString(work.resolve("run/config.conf")) + "\n" + content),
              Verdict.REFUSED));
    }
    return trials;
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
            line(
                "evaluate",
                "--run",
                path("run"),
                "-D",
                "tweedie.evaluate.classes=false",
                "-D",
                "tweedie.evaluate.projections=8")));
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
                  "evaluate",
                  "--run",
                  path("run"),
                  "--samples",
                  path("archives/npz/samples.npz"),
                  "-D",
                  "tweedie.evaluate.classes=false",
                  "-D",
                  "tweedie.evaluate.projections=8")
              : line(
                  "import",
                  "--from",
                  archive.source(),
                  "--input",
                  path("archives/" + archive.folder()),
                  "--output",
                  path("out/data"));
      if (archive == Archives.PICTURES) {
        command = new ArrayList<>(command);
        command.addAll(List.of("--size", "8x8"));
      }
      trials.addAll(
          ofFiles(
              "archives",
              random,
              Math.max(1, count / Archives.values().length),
              files("archives/" + archive.folder(), ".*"),
              List.of(command)));
    }
    Collections.shuffle(trials, random);
    return trials;
  }

  /** The whole path by names that are patterns, URIs or options to somebody. */
  List<Trial> ofNames(int most) {
    List<Trial> trials = new ArrayList<>();
    for (String name : NAMES.subList(0, Math.min(most, NAMES.size()))) {
      String data = path("out/" + name + "/data of " + name);
      String run = path("out/" + name + "/run " + name);
      String of = "names";
      List<List<String>> commands =
          List.of(
              line(
                  "import",
                  "--from",
                  "images",
                  "--input",
                  path("out/" + name + "/" + name),
                  "--size",
                  "8x8",
                  "--output",
                  data),
              train(run, data, 1),
              line("sample", "--run", run, "--count", "20", "--method", "heun"),
              line(
                  "evaluate",
                  "--run",
                  run,
                  "-D",
                  "tweedie.evaluate.classes=false",
                  "-D",
                  "tweedie.evaluate.projections=8"),
              line(
                  "evaluate",
                  "--run",
                  run,
                  "--samples",
                  path("out/" + name + "/" + name),
                  "--data",
                  data,
                  "-D",
                  "tweedie.evaluate.classes=false",
                  "-D",
                  "tweedie.evaluate.projections=8"),
              line("report", "--run", run, "--out", path("out/" + name + "/" + name + ".html")),
              line(
                  "export",
                  "--run",
                  run,
                  "--what",
                  "samples",
                  "--out",
                  path("out/" + name + "/" + name + ".npz")),
              line(
                  "denoise",
                  "--run",
                  run,
                  "--input",
                  path("out/" + name + "/" + name + "/" + name + ".png"),
                  "--sigma",
                  "0.3",
                  "--out",
                  path("out/" + name + "/denoised " + name)),
              line(
                  "study",
                  "--out",
                  path("out/" + name + "/study " + name),
                  "-D",
                  "tweedie.study.seeds=2",
                  "-D",
                  "tweedie.study.copies=[1]",
                  "-D",
                  "tweedie.study.mixtures={hypotheses=[matched], dimensions=[2], images=200,"
                      + " test-images=20, steps=2, batch-size=8, hidden=4}"),
              line("doctor", "--run", run, "-D", "tweedie.data.path=" + data));
      trials.add(
          new Trial(
              of,
              "%s: the whole path".formatted(name),
              List.of(),
              List.of(name),
              () -> {
                Path pictures =
                    Files.createDirectories(work.resolve("out").resolve(name).resolve(name));
                for (int i = 0; i < 44; i++) {
                  Archives.picture(pictures.resolve(i == 0 ? name + ".png" : name + i + ".png"), i);
                }
              },
              Verdict.ACCEPTED));
      for (List<String> command : commands) {
        trials.add(
            new Trial(
                of,
                "%s: %s".formatted(name, command.get(0)),
                command,
                List.of(name),
                () -> {},
                Verdict.ACCEPTED));
      }
    }
    return trials;
  }

  private List<Trial> ofDisk(String disk, String what, List<List<String>> commands) {
    return commands.stream()
        .map(
            command ->
                new Trial(
                    "disk",
                    what + ": " + command.get(0),
                    command,
                    List.of(disk),
                    () -> {},
                    Verdict.REFUSED))
        .toList();
  }

  /** What writes, on a disk that holds almost nothing more. */
  List<Trial> ofFullDisk(Path path) {
    String disk = path.toString();
    return ofDisk(
        disk,
        "full",
        List.of(
            line("export", "--run", path("run"), "--what", "weights", "--out", disk + "/x.npz"),
            line("report", "--run", path("run"), "--out", disk + "/report.html"),
            line(
                "import",
                "--from",
                "digits",
                "--size",
                "8x8",
                "--limit",
                "600",
                "--output",
                disk + "/data"),
            train(disk + "/run", path("data"), 1),
            line("study", "--out", disk + "/study")));
  }

  /** What writes, on a disk that cannot be written. */
  List<Trial> ofReadOnlyDisk(Path path) {
    String disk = path.toString();
    String run = disk + "/run";
    return ofDisk(
        disk,
        "read-only",
        List.of(
            line("export", "--run", run, "--what", "weights", "--out", disk + "/x.npz"),
            line("report", "--run", run),
            line("import", "--from", "digits", "--size", "8x8", "--output", disk + "/data"),
            train(run, path("data"), 3),
            line("sample", "--run", run, "--count", "4", "--method", "heun", "--name", "new"),
            line("sample", "--run", run, "--count", "32", "--method", "heun", "--name", "heun"),
            line("evaluate", "--run", run, "-D", "tweedie.evaluate.classes=false"),
            line("evaluate", "--run", run, "--what", "likelihood"),
            line(
                "denoise",
                "--run",
                run,
                "--input",
                path("archives/images"),
                "--sigma",
                "0.3",
                "--out",
                disk + "/denoised"),
            line("study", "--out", disk + "/study"),
            line("demo", "--run", disk + "/demo"),
            line("doctor", "--run", run, "-D", "tweedie.data.path=" + path("data"))));
  }
}
