package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemsTest {

  @TempDir private java.nio.file.Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"a [1]{x} 10:30 ü%25#.d", "a:b", "::", "file:x", "photo?*.png"})
  void aTextThatIsNoUriIsThePathOfThatName(String name) throws IOException {
    Files.createDirectory(directory.resolve(name));
    Path path = FileSystems.path(directory + "/" + name);
    FileSystem files = FileSystems.of(path, new Configuration());
    assertThat(files.getFileStatus(path).isDirectory()).isTrue();
    Path relative = FileSystems.path(name);
    assertThat(relative.toUri().getScheme()).isNull();
    assertThat(relative.getName()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "hdfs://host:9000/a b, hdfs, host:9000, /a b",
    "s3a://bucket/a%20b, s3a, bucket, /a%20b",
    "file:/tmp/x, file,, /tmp/x",
    "data/x,,, data/x",
    "//data//x/,,, /data/x"
  })
  void urisStayWhatTheyAre(String text, String scheme, String authority, String path) {
    Path found = FileSystems.path(text);
    assertThat(found.toUri().getScheme()).isEqualTo(scheme);
    assertThat(found.toUri().getAuthority()).isEqualTo(authority);
    assertThat(found.toUri().getPath()).isEqualTo(path);
  }

  @Test
  void whatIsNeitherIsRefused() {
    assertThatThrownBy(() -> FileSystems.path(""))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("'' is neither a path nor a URI: ");
  }
}
