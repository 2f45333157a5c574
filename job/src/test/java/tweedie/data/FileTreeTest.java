package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temporary;

  private Path dir;

  private FileTree.Found tree(FileTree.Depth depth) throws IOException {
    return FileTree.of(
        InputFiles.status(dir.toString(), HADOOP).getPath(),
        depth,
        name -> name.endsWith(".png"),
        "not named *.png",
        HADOOP);
  }

  private FileTree.Found tree() throws IOException {
    return tree(FileTree.Depth.ALL);
  }

  private void make(String... names) throws IOException {
    dir = temporary.resolve("a [1]{x} 10:30 ü%25#.d");
    Files.createDirectories(dir);
    for (String name : names) {
      Files.createDirectories(dir.resolve(name).getParent());
      Files.writeString(dir.resolve(name), name);
    }
  }

  private List<String> names(FileTree.Found found) {
    return found.files().stream()
        .map(file -> dir.relativize(Path.of(file.toUri().getPath())).toString())
        .toList();
  }

  private List<String> reasons(List<String> lines) {
    return lines.stream().map(line -> line.replace("file:" + dir + "/", "")).toList();
  }

  @Test
  void everyFileIsTakenOrLeftOutForAReason() throws IOException {
    make("b/x*?.png", "10:30.png", "_a.png", "notes.txt", ".hidden.png", ".git/o/y.png", "c/.z");
    FileTree.Found found = tree();
    assertThat(names(found)).containsExactly("10:30.png", "_a.png", "b/x*?.png");
    assertThat(reasons(found.ignored()))
        .containsExactly(
            ".git/o/y.png: in a hidden directory",
            ".hidden.png: hidden",
            "c/.z: hidden",
            "notes.txt: not named *.png");
    assertThat(found.unreadable()).isEmpty();
    for (org.apache.hadoop.fs.Path file : found.files()) {
      try (var in = InputFiles.open(file, HADOOP)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo(dir.relativize(Path.of(file.toUri().getPath())).toString());
      }
    }
  }

  @Test
  void onlyTheDirectoryItselfIsReadWhereThatIsMeant() throws IOException {
    make("a.png", "b/x.png", ".git/y.png");
    FileTree.Found found = tree(FileTree.Depth.ITSELF);
    assertThat(names(found)).containsExactly("a.png");
    assertThat(found.ignored()).isEmpty();
  }

  @Test
  @Timeout(20)
  void circlesOfLinksEndAndNothingComesTwice() throws IOException {
    make("a/one.png", "b/two.png");
    Files.createSymbolicLink(dir.resolve("a/up"), Path.of(".."));
    Files.createSymbolicLink(dir.resolve("b/up"), Path.of("../a"));
    Files.createSymbolicLink(dir.resolve("a/again.png"), Path.of("one.png"));
    Files.createSymbolicLink(dir.resolve("b/above"), Path.of("../.."));
    Files.writeString(temporary.resolve("beside.png"), "not below the input");
    Files.createSymbolicLink(dir.resolve("b/self"), Path.of("self"));
    FileTree.Found found = tree();
    assertThat(names(found)).containsExactly("a/one.png", "b/two.png");
    assertThat(reasons(found.ignored()))
        .hasSize(4)
        .allMatch(
            line ->
                line.matches(
                    ".*: leads (back )?to .*, (which is read already|where the input lies)"));
    assertThat(reasons(found.unreadable()))
        .singleElement()
        .asString()
        .startsWith("b/self is a link to self and cannot be read: ");
  }

  @Test
  void whatLinksLeadOutToIsReadOnce() throws IOException {
    make("a.png");
    Path out = Files.createDirectories(temporary.resolve("out/deep"));
    Files.writeString(out.resolve("x.png"), "x");
    Files.writeString(out.resolve("y.png"), "y");
    Files.createSymbolicLink(dir.resolve("b.png"), out.resolve("x.png"));
    Files.createSymbolicLink(dir.resolve("c"), out.getParent());
    Files.createSymbolicLink(dir.resolve("d"), out);
    Files.createSymbolicLink(dir.resolve("e.png"), out.resolve("y.png"));
    FileTree.Found found = tree();
    assertThat(names(found)).hasSize(3).contains("a.png", "b.png");
    assertThat(found.files()).extracting(file -> file.getName()).containsOnlyOnce("a.png");
    assertThat(found.ignored()).hasSize(3);
  }

  @Test
  void whatLinksLeadToInHiddenDirectoriesIsRead() throws IOException {
    make(".annex/objects/1");
    Files.createSymbolicLink(dir.resolve("a.png"), Path.of(".annex/objects/1"));
    assertThat(names(tree())).containsExactly("a.png");
  }

  @Test
  void danglingLinksAndPipesAreTold() throws Exception {
    make("a.png");
    Files.createSymbolicLink(dir.resolve("b.png"), Path.of("gone.png"));
    Files.createSymbolicLink(dir.resolve("more"), Path.of("/nowhere/else"));
    assumeTrue(
        new ProcessBuilder("mkfifo", dir.resolve("c.png").toString()).start().waitFor() == 0);
    new ProcessBuilder("mkfifo", dir.resolve("d").toString()).start().waitFor();
    FileTree.Found found = tree();
    assertThat(names(found)).containsExactly("a.png");
    assertThat(reasons(found.unreadable()))
        .containsExactly(
            "b.png is a link to gone.png, which does not exist",
            "c.png is neither a file nor a directory, but a pipe, a socket or a device",
            "more is a link to /nowhere/else, which does not exist");
    assertThat(reasons(found.ignored())).containsExactly("d: neither a file nor a directory");
    assertThatThrownBy(() -> InputFiles.status(dir.resolve("c.png").toString(), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("c.png is neither a file nor a directory");
    assertThatThrownBy(() -> InputFiles.status(dir.resolve("b.png").toString(), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b.png is a link to gone.png, which does not exist");
    assertThatThrownBy(
            () -> InputFiles.in(new org.apache.hadoop.fs.Path(null, null, dir.toString()), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b.png is a link to gone.png, which does not exist");
  }

  @Test
  void namesThatTheLocaleDoesNotHaveAreTold() throws Exception {
    make("a.png");
    assumeTrue(
        new ProcessBuilder(
                    "sh", "-c", "touch \"$(printf 'caf\\351.png')\" && mkdir \"$(printf '\\374')\"")
                .directory(dir.toFile())
                .start()
                .waitFor()
            == 0);
    FileTree.Found found = tree();
    assertThat(names(found)).containsExactly("a.png");
    assertThat(reasons(found.unreadable()))
        .hasSize(2)
        .allMatch(line -> line.contains("cannot be read; its name has letters"))
        .anyMatch(line -> line.startsWith("caf"));
  }

  @Test
  void aNameIsAUriOnlyWhereItBeginsAsOne() {
    for (String name :
        List.of("a:b", "10:30/x", "/tmp/a b%25#[1]{x}*?", "x", "a/b:c", "::", "n:/x", "ü")) {
      assertThat(FileSystems.path(name).toUri().getScheme()).as(name).isNull();
      String shown = FileSystems.path(name).toString();
      assertThat(shown.replaceFirst("^\\./", "")).isEqualTo(name);
      assertThat(FileSystems.path(shown)).as("read again").isEqualTo(FileSystems.path(name));
    }
    assertThat(FileSystems.path("file:/tmp/10:30 %25").toUri().getPath())
        .isEqualTo("/tmp/10:30 %25");
    assertThat(FileSystems.path("hdfs://host:9/r").toUri().getHost()).isEqualTo("host");
    assertThatThrownBy(() -> FileSystems.path(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'' is neither a path nor a URI");
    for (String uri : List.of("nope://host/x", "file://host/x", "hdfs://no.such.host.invalid/x")) {
      assertThatThrownBy(() -> FileSystems.of(FileSystems.path(uri), HADOOP))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(uri + " cannot be used: ");
    }
  }
}
