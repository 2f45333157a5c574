package tweedie.driver.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ProcessId;

class ScratchTest {

  @TempDir Path temporary;

  @Test
  void whatAKilledProcessLeftIsDeletedAndNothingElse() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path dead =
        temporary.resolve(
            "tweedie-" + new ProcessId(ProcessId.OWN.space(), gone.pid(), 0).inName());
    Path alive = temporary.resolve("tweedie-" + ProcessId.OWN.inName());
    Path elsewhere =
        temporary.resolve("tweedie-" + new ProcessId("elsewhere", gone.pid(), 0).inName());
    for (Path directory : new Path[] {dead, alive, elsewhere}) {
      Files.createFile(Files.createDirectories(directory.resolve("blockmgr")).resolve("block"));
    }
    Files.createFile(temporary.resolve("tweedie-notes"));
    Scratch.sweep(temporary);
    assertThat(temporary.toFile().list())
        .containsExactlyInAnyOrder(
            alive.getFileName().toString(), elsewhere.getFileName().toString(), "tweedie-notes");
  }
}
