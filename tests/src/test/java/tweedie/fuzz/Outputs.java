package tweedie.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tweedie.fuzz.Trial.Verdict;

/** Trials of where commands write, and by which names. */
record Outputs(Subject subject) {

  /** The whole path by a name that is a pattern, a URI or an option to somebody. */
  List<Trial> ofName(String name) {
    String inside = subject.path("out/" + name) + "/";
    String pictures = inside + name;
    String data = inside + "data of " + name;
    String run = inside + "run " + name;
    List<Trial> trials = new ArrayList<>();
    for (List<String> command :
        List.of(
            Subject.line("import --from images --size 8x8 --input ? --output ?", pictures, data),
            Subject.train(run, data, 1),
            Subject.line("sample --run ? --count 20 --method heun", run),
            Subject.line("evaluate --run ?" + Subject.MEASURE, run),
            Subject.line(
                "evaluate --run ? --samples ? --data ?" + Subject.MEASURE, run, pictures, data),
            Subject.line("report --run ? --out ?", run, inside + name + ".html"),
            Subject.line("export --run ? --what samples --out ?", run, inside + name + ".npz"),
            Subject.line(
                "denoise --run ? --sigma 0.3 --input ? --out ?",
                run,
                pictures + "/" + name + ".png",
                inside + "denoised " + name),
            Subject.line("sample --run ? --count 20 --name led --guidance 2 --guide ?@1", run, run),
            Subject.line(
                "encode --run ? --data ? --limit 4 --out ? -D tweedie.code.steps=2",
                run,
                data,
                inside + "codes " + name),
            Subject.line(
                "decode --run ? --codes ? --out ? -D tweedie.code.steps=2",
                run,
                inside + "codes " + name,
                inside + "decoded " + name + ".npz"),
            Subject.line(
                "import --from table --input ? --output ?", data, inside + "table of " + name),
            Subject.line(
                "apply --run ? --data ? --columns scoreNorms --out ?",
                run,
                data,
                inside + "applied " + name),
            Subject.line(
                "interpolate --run ? --from 0 --to 1 --out ? -D tweedie.code.steps=2",
                run,
                inside + "strip " + name + ".png"),
            Subject.line(
                "study --out ? -D tweedie.study.seeds=2 -D tweedie.study.copies=[1]"
                    + " -D tweedie.study.mixtures={hypotheses=[matched],dimensions=[2],images=200,test-images=20,steps=2,batch-size=8,hidden=4}",
                inside + "study " + name),
            Subject.line("doctor --run ? -D tweedie.data.path=?", run, data))) {
      trials.add(
          new Trial(
              "names",
              "%s: %s".formatted(name, command.get(0)),
              command,
              List.of(name),
              () -> writePictures(Path.of(pictures), name),
              Verdict.ACCEPTED));
    }
    return trials;
  }

  private static void writePictures(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < 44; i++) {
      Archives.picture(folder.resolve(i == 0 ? name + ".png" : name + i + ".png"), i);
    }
  }

  /** What writes, on a disk that holds almost nothing more. */
  List<Trial> ofFullDisk(Path disk) {
    return ofDisk(
        disk,
        List.of(
            Subject.line("export --run ? --what weights --out ?/x.npz", subject.path("run"), disk),
            Subject.line("report --run ? --out ?/report.html", subject.path("run"), disk),
            Subject.line("import --from digits --size 8x8 --limit 600 --output ?/data", disk),
            Subject.line(
                "apply --run ? --data ? --columns scoreNorms,code --out ?/applied",
                subject.path("run"),
                subject.path("data"),
                disk),
            Subject.train(disk + "/run", subject.path("data"), 1),
            Subject.line("study --out ?/study", disk)));
  }

  /** What writes, on a disk that cannot be written. */
  List<Trial> ofReadOnlyDisk(Path disk) {
    String run = disk + "/run";
    return ofDisk(
        disk,
        List.of(
            Subject.line("export --run ? --what weights --out ?/x.npz", run, disk),
            Subject.line("report --run ?", run),
            Subject.line("import --from digits --size 8x8 --output ?/data", disk),
            Subject.train(run, subject.path("data"), 3),
            Subject.line("sample --run ? --count 4 --method heun --name new", run),
            Subject.line("sample --run ? --count 32 --method heun --name heun", run),
            Subject.line("evaluate --run ?" + Subject.MEASURE, run),
            Subject.line("evaluate --run ? --what likelihood", run),
            Subject.line(
                "denoise --run ? --input ? --sigma 0.3 --out ?/denoised",
                run,
                subject.path("archives/images"),
                disk),
            Subject.line(
                "encode --run ? --data ? --limit 4 --out ?/codes", run, subject.path("data"), disk),
            Subject.line(
                "apply --run ? --data ? --columns scoreNorms --out ?/applied",
                run,
                subject.path("data"),
                disk),
            Subject.line("interpolate --run ? --from 0 --to 1 --out ?/strip.png", run, disk),
            Subject.line("study --out ?/study", disk),
            Subject.line("demo --run ?/demo", disk),
            Subject.line("doctor --run ? -D tweedie.data.path=?", run, subject.path("data"))));
  }

  private static List<Trial> ofDisk(Path disk, List<List<String>> commands) {
    return commands.stream()
        .map(
            command ->
                new Trial(
                    "disk",
                    String.join(" ", command),
                    command,
                    List.of(disk.toString()),
                    () -> {},
                    Verdict.REFUSED))
        .toList();
  }
}
