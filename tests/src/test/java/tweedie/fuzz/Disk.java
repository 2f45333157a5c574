package tweedie.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tweedie.fuzz.Fuzz.Count;

/** Commands that write to a small disk of their own, which is full or read-only. */
record Disk(Judge judge, Subject subject) {

  private static final int FAILED = 1;
  private static final int BLOCK = 4096;

  /** All commands, or none where only root can mount a disk. */
  Count run() throws Exception {
    Path disk = Files.createTempDirectory("tweedie-disk");
    if (!done("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString())) {
      Files.delete(disk);
      return new Count(0, List.of(), "left out: only root can mount a disk");
    }
    List<String> faults = new ArrayList<>();
    try {
      List<Trial> full = new Outputs(subject).ofFullDisk(disk);
      for (Trial trial : full) {
        fill(disk.resolve("filler"));
        TreeMap<String, Integer> before = new TreeMap<>(Tree.contents(disk));
        Judge.Outcome outcome = judge.run(trial.command());
        TreeMap<String, Integer> left = new TreeMap<>(Tree.contents(disk));
        left.keySet().removeAll(before.keySet());
        // a probe has found it before there was work done, or it was full in between
        if (outcome.status() == FAILED && isSentence(outcome)) {
          left.keySet().removeIf(name -> !name.contains(".tmp"));
          if (!left.isEmpty()) {
            faults.add(trial.what() + ": left " + left.keySet());
          }
        } else {
          Judge.fault(trial, outcome, false, "")
              .ifPresent(f -> faults.add(trial.what() + ": " + f));
        }
        for (Path entry : entries(disk)) {
          Tree.delete(entry);
        }
      }
      Tree.copy(subject.work().resolve("run"), disk.resolve("run"));
      if (!done("mount", "-o", "remount,ro", disk.toString())) {
        return new Count(full.size(), faults, "no read-only disk: it cannot be remounted");
      }
      List<Trial> readOnly = new Outputs(subject).ofReadOnlyDisk(disk);
      for (Trial trial : readOnly) {
        Judge.fault(trial, judge.run(trial.command()), false, "")
            .ifPresent(fault -> faults.add(trial.what() + ": " + fault));
      }
      return new Count(full.size() + readOnly.size(), faults, "");
    } finally {
      done("umount", disk.toString());
      Files.delete(disk);
    }
  }

  private static boolean isSentence(Judge.Outcome outcome) {
    return !outcome.err().contains("\tat ") && outcome.err().lines().count() == 1;
  }

  private static boolean done(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  /** Takes all but two blocks of a disk: a probe finds room, a result does not. */
  private static void fill(Path file) throws IOException {
    byte[] block = new byte[BLOCK];
    long blocks = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      for (; ; blocks++) {
        out.write(block);
      }
    } catch (IOException e) { // it is full
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate((blocks - 2) * BLOCK);
      }
    }
  }
}
