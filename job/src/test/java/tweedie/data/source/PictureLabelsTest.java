package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.DataException;
import tweedie.data.source.FolderSource.Channels;

class PictureLabelsTest {

  private static final List<String> PICTURES = List.of("cat/1.png", "dog/2.png", "dog/deep/3.png");

  @TempDir Path dir;
  private String in;

  @BeforeEach
  void folder() throws IOException {
    in = Files.createDirectory(dir.resolve("in [1] 10:30")).toString();
  }

  @Test
  void foldersAreClasses() throws IOException {
    pictures(PICTURES);
    Files.createDirectory(Path.of(in, "empty"));
    assertThat(FolderLabels.ALWAYS.of(in, PICTURES, Sources.CONF))
        .isEqualTo(list(FolderLabels.ALWAYS))
        .isEqualTo(list(FolderLabels.WHERE_ALL_LIE_IN_SOME))
        .isEqualTo(new PictureClasses(List.of("cat", "dog"), List.of(0, 1, 1)));
    assertThat(list(FolderLabels.NEVER)).isEqualTo(PictureClasses.none(3));
  }

  @Test
  void aPictureOutsideOfFoldersHasNoClass() throws IOException {
    pictures(PICTURES);
    pictures(List.of("z.png"));
    assertThat(list(FolderLabels.WHERE_ALL_LIE_IN_SOME)).isEqualTo(PictureClasses.none(4));
    refused(
        FolderLabels.ALWAYS,
        "No folder of %s holds 1 of its 4 pictures, the first is z.png; move them into folders of"
            + " their classes, or give --labels none");
  }

  @Test
  void oneFolderIsAClassOnlyWhereAskedFor() throws IOException {
    pictures(List.of("train/cat/1.png", "train/dog/2.png"));
    assertThat(list(FolderLabels.WHERE_ALL_LIE_IN_SOME)).isEqualTo(PictureClasses.none(2));
    assertThat(list(FolderLabels.ALWAYS))
        .isEqualTo(new PictureClasses(List.of("train"), List.of(0, 0)));
  }

  @Test
  void onePictureHasNoClass() throws IOException {
    pictures(List.of("cat/1.png"));
    in += "/cat/1.png";
    assertThat(list(FolderLabels.WHERE_ALL_LIE_IN_SOME)).isEqualTo(PictureClasses.none(1));
    assertThat(list(new LabelFile(csv("1.png,cat"))).names()).containsExactly("cat");
  }

  @ParameterizedTest
  @CsvSource({
    "b a B ä, B a b ä",
    "10 2 1, 1 2 10",
    "10 2 01 1, 01 1 2 10",
    "10 2 x, 10 2 x",
    "10 2 -1, -1 10 2"
  })
  void classesAreSortedByNameOrByNumber(String folders, String sorted) {
    List<String> names = List.of(folders.split(" "));
    PictureClasses classes = PictureClasses.of(names, names);
    assertThat(classes.names()).containsExactly(sorted.split(" "));
    assertThat(classes.labels())
        .containsExactlyElementsOf(names.stream().map(classes.names()::indexOf).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat/1.png,cat\ndog/2.png,dog\ndog/deep/3.png,dog",
        "cat/1.png,cat\r\ndog/2.png,dog\r\ndog/deep/3.png,dog\r\n",
        "path,label\n./dog/2.png, dog \n\ndog/deep/3.png,dog\ncat/1.png,cat\n",
        "\uFEFF\"path\",\"label\"\n\"cat/1.png\",\"cat\"\ndog/2.png,\"dog\"\ndog/deep/3.png,dog\n",
        "cat/1.png,cat\ngone.png,dog\ndog/2.png,dog\ndog/deep/3.png,dog"
      })
  void aFileGivesLabels(String rows) throws IOException {
    pictures(PICTURES);
    assertThat(list(new LabelFile(csv(rows))))
        .isEqualTo(new PictureClasses(List.of("cat", "dog"), List.of(0, 1, 1)));
  }

  @Test
  void namesInAFileMayHaveAnyLetters() throws IOException {
    pictures(List.of("#1, \"a\".png", "ü/ß 10:30.png"));
    assertThat(list(new LabelFile(csv("\"#1, \"\"a\"\".png\",\"so, so\"\nü/ß 10:30.png,größe"))))
        .isEqualTo(new PictureClasses(List.of("größe", "so, so"), List.of(1, 0)));
    pictures(List.of("#1.png"));
    Files.delete(Path.of(in, "#1, \"a\".png"));
    assertThat(list(new LabelFile(csv("#1.png,#\nü/ß 10:30.png,#"))).names()).containsExactly("#");
  }

  @Test
  void classesThatNoPictureHasKeepTheirPlaces() throws IOException {
    pictures(PICTURES);
    String rows = "cat/1.png,cat\ntest/1.png,bird\ndog/2.png,dog\ndog/deep/3.png,dog";
    assertThat(list(new LabelFile(csv(rows))))
        .isEqualTo(new PictureClasses(List.of("bird", "cat", "dog"), List.of(1, 2, 2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
cat/1.png,cat | FILE has no row for 2 of the 3 pictures of IN, the first is dog/2.png; give all of them a label
cat/1.png,cat;cat/1.png,cat | FILE has two rows for cat/1.png; leave one
cat/1.png,cat;./cat/1.png,dog | FILE has two rows for ./cat/1.png; leave one
cat/1.png,cat,dog | FILE has the row 'cat/1.png,cat,dog'; each has two values, path,label
cat/1.png, | FILE has the row 'cat/1.png,'; each has two values, path,label
cat/1.png | FILE has the row 'cat/1.png'; each has two values, path,label
cat/1.png,cat;dog/2.png,"dog" s | FILE cannot be read as comma-separated values at line 2
cat/1.png,\u00ff | FILE is not in UTF-8
none | FILE has no row for 3 of the 3 pictures of IN
""")
  void aFileThatDoesNotFitIsRefused(String rows, String sentence) throws IOException {
    pictures(PICTURES);
    String text = rows == null ? "" : rows.replace(';', '\n');
    Path file = Files.write(dir.resolve("labels.csv"), text.getBytes(StandardCharsets.ISO_8859_1));
    refused(new LabelFile(file.toString()), sentence.replace("FILE", file.toString()));
  }

  @Test
  void aFileThatIsNotThereIsRefused() throws IOException {
    pictures(PICTURES);
    refused(new LabelFile(dir + "/no.csv"), dir + "/no.csv does not exist");
    refused(new LabelFile(dir.toString()), dir + " is a directory; --labels takes a file");
  }

  @Test
  void aFileMayBeCompressed() throws IOException {
    pictures(List.of("1.png"));
    Path file = dir.resolve("labels.csv");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("1.png,cat\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(list(new LabelFile(file.toString())).names()).containsExactly("cat");
  }

  private void pictures(List<String> names) throws IOException {
    for (String name : names) {
      Path file = Path.of(in, name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private String csv(String rows) throws IOException {
    return Files.writeString(dir.resolve("labels.csv"), rows).toString();
  }

  private PictureClasses list(PictureLabels labels) throws IOException {
    ImageSource.Listing listing =
        new FolderSource(in, 4, 4, Channels.RGB, labels).list(Sources.CONF);
    return new PictureClasses(
        listing.classes(),
        listing.parts().stream().map(part -> ((FolderSource.PictureFile) part).label()).toList());
  }

  private void refused(PictureLabels labels, String sentence) {
    assertThatThrownBy(() -> list(labels))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(sentence.replace("IN", in).formatted(in));
  }
}
