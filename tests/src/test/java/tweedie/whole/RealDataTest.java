package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardedData;

/** Real images, where they are at hand. */
class RealDataTest {

  @TempDir Path temporary;

  @Test
  void partOfCifarIsImportedAndTrained() throws IOException {
    Path shards = temporary.resolve("shards");
    tweedie(
            "import",
            "--from",
            "cifar10",
            "--input",
            real("cifar10/data_batch_1_first3000.bin"),
            "--output",
            shards,
            "--limit",
            300,
            "--images-per-shard",
            100)
        .succeeded();
    ShardedData data = Images.open(shards);
    assertThat(data.shape()).isEqualTo(new ImageShape(32, 32, 3));
    assertThat(data.images()).isEqualTo(300);
    // frog, truck, truck, deer, automobile
    assertThat(Images.read(shards).subList(0, 5))
        .extracting(LabeledImage::label)
        .containsExactly(6, 9, 9, 4, 1);

    Path run = temporary.resolve("run");
    tweedie(
            "train",
            "--run",
            run,
            "-D",
            "tweedie.data.path=" + shards,
            "-D",
            "tweedie.model.channels=[4, 8]",
            "-D",
            "tweedie.model.halvings=1",
            "-D",
            "tweedie.model.embedding=16",
            "-D",
            "tweedie.train.epochs=1",
            "-D",
            "tweedie.train.batch-size=25",
            "-D",
            "tweedie.train.workers=2",
            "-D",
            "tweedie.train.threads-per-worker=1")
        .succeeded();
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(1);
    assertThat(run.resolve("checkpoints/round-000001/manifest.json")).exists();
  }

  @Test
  void photosAreImported() throws IOException {
    Path photos = real("photos");
    Path shards = temporary.resolve("shards");
    String out =
        tweedie(
                "import",
                "--from",
                "images",
                "--input",
                photos,
                "--output",
                shards,
                "--size",
                "64x64")
            .succeeded()
            .out();
    assertThat(out).startsWith(Trees.names(photos).size() + " images of 64x64x3 in 1 shard");
    for (LabeledImage image : Images.read(shards)) {
      for (float value : image.pixels()) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void testImagesOfMnistAreImported() throws IOException {
    Path shards = temporary.resolve("shards");
    tweedie(
            "import",
            "--from",
            "mnist",
            "--input",
            real("mnist/t10k-images-idx3-ubyte.gz"),
            "--output",
            shards)
        .succeeded();
    ShardedData data = Images.open(shards);
    assertThat(data.shape()).isEqualTo(new ImageShape(28, 28, 1));
    assertThat(data.images()).isEqualTo(10_000);
    assertThat(data.shards()).hasSize(10);
    assertThat(Images.read(shards).subList(0, 5))
        .extracting(LabeledImage::label)
        .containsExactly(7, 2, 1, 0, 4);
  }

  private static Path real(String name) {
    Path path = Repository.data().resolve(name);
    assumeTrue(Files.exists(path), path + " is absent; TWEEDIE_DATA can name the data's directory");
    return path;
  }
}
