package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** driver/bin/tweedie, started somewhere else. */
class LauncherTest {

  @TempDir Path elsewhere;

  private record Outcome(int status, String output) {}

  @BeforeEach
  void onlyOncePackaged() {
    Path lib = Repository.root().resolve("driver/target/lib");
    assumeTrue(Files.isDirectory(lib), lib + " is absent: `mvn package` makes what is launched");
  }

  @Test
  void helpIsShown() throws IOException, InterruptedException {
    Outcome help = launch("--help");
    assertThat(help.output()).contains("Usage: tweedie", "import", "train", "sample", "demo");
    assertThat(help.status()).isZero();
  }

  @Test
  void wrongSettingsEndWith2() throws IOException, InterruptedException {
    Files.writeString(elsewhere.resolve("my.conf"), "tweedie.train.epoch = 3\n");
    Outcome outcome = launch("train", "--conf", "my.conf", "--run", "run");
    assertThat(outcome.output())
        .isEqualTo(
            "my.conf:1: tweedie.train.epoch = 3 is not a setting; did you mean"
                + " tweedie.train.epochs?\n");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(elsewhere.resolve("run")).doesNotExist();
  }

  @Test
  void fileNamesAreUtf8WhateverTheLocale() throws IOException, InterruptedException {
    Files.createDirectories(elsewhere.resolve("bilder ü 10:30"));
    Files.writeString(elsewhere.resolve("bilder ü 10:30/é[1].png"), "no picture");
    Outcome outcome =
        launch(
            "import",
            "--from",
            "images",
            "--size",
            "8x8",
            "--input",
            "bilder ü 10:30",
            "--output",
            "out");
    assertThat(outcome.output())
        .endsWith(
            "é[1].png is not a whole picture: it starts as none does; PNG, JPEG, TIFF, WebP and BMP"
                + " pictures are read\n");
    assertThat(outcome.status()).isEqualTo(2);
  }

  private Outcome launch(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Repository.root().resolve("driver/bin/tweedie").toString());
    command.addAll(List.of(args));
    ProcessBuilder launcher =
        new ProcessBuilder(command).directory(elsewhere.toFile()).redirectErrorStream(true);
    launcher.environment().put("LC_ALL", "C");
    Process process = launcher.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
