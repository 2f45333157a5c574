package tweedie.driver.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.source.CifarSource;
import tweedie.data.source.DigitsSource;
import tweedie.data.source.FolderLabels;
import tweedie.data.source.FolderSource;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.IdxSource;
import tweedie.data.source.ImageSource;
import tweedie.data.source.LabelFile;
import tweedie.data.source.MixtureSource;
import tweedie.data.source.PictureLabels;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.imports.ImportRequest.TableOptions;
import tweedie.driver.table.ImageSize;
import tweedie.score.GaussianMixture;

class ImportSourceTest {

  private static final Optional<ImageSize> NO_SIZE = Optional.empty();
  private static final Optional<ImageSize> SIZE = Optional.of(new ImageSize(32, 16));
  private static final Optional<Integer> ALL = Optional.empty();

  @Test
  void digitsAreMnistsSizeAndTenThousandUnlessAskedOtherwise() {
    assertThat(source(Source.DIGITS, NO_SIZE, ALL)).isEqualTo(new DigitsSource(28, 28, 10_000, 4));
    assertThat(source(Source.DIGITS, SIZE, Optional.of(7)))
        .isEqualTo(new DigitsSource(32, 16, 7, 4));
  }

  @Test
  void filesAreReadFromTheInput() {
    assertThat(source(Source.MNIST, NO_SIZE, ALL)).isEqualTo(new IdxSource("in"));
    assertThat(source(Source.CIFAR10, NO_SIZE, ALL)).isEqualTo(new CifarSource("in"));
    assertThat(source(Source.IMAGES, SIZE, ALL))
        .isEqualTo(
            new FolderSource("in", 32, 16, Channels.RGB, FolderLabels.WHERE_ALL_LIE_IN_SOME));
  }

  @Test
  void mixturesAreThoseOfTheSettings() {
    MixtureSource source = (MixtureSource) source(Source.MIXTURE, NO_SIZE, Optional.of(5));
    GaussianMixture mixture =
        new GaussianMixture(new double[] {1}, new double[][] {{2, 3}}, new double[] {0.5});

    assertThat(source.count()).isEqualTo(5);
    assertThat(source.vector(3).floats())
        .containsExactly(new MixtureSource(mixture, 5, 4).vector(3).floats());
  }

  @Test
  void picturesNeedASize() {
    assertThatThrownBy(() -> source(Source.IMAGES, NO_SIZE, ALL))
        .isInstanceOf(DataException.class)
        .hasMessage("--from images needs --size HxW, for example 64x64");
  }

  @Test
  void dataSetsOfOneSizeKeepIt() {
    for (Source source : List.of(Source.MNIST, Source.CIFAR10, Source.MIXTURE)) {
      assertThatThrownBy(() -> source(source, SIZE, ALL))
          .isInstanceOf(DataException.class)
          .hasMessage("--from " + source + " keeps the size of its images: leave out --size");
    }
  }

  @Test
  void picturesAreBroughtToChannels() {
    assertThat(source(Source.IMAGES, SIZE, ALL, Optional.of(Channels.GRAY), Optional.empty()))
        .isEqualTo(
            new FolderSource("in", 32, 16, Channels.GRAY, FolderLabels.WHERE_ALL_LIE_IN_SOME));
    assertThatThrownBy(
            () -> source(Source.MNIST, NO_SIZE, ALL, Optional.of(Channels.RGB), Optional.empty()))
        .isInstanceOf(DataException.class)
        .hasMessage("--from mnist keeps the channels of its images: leave out --channels");
  }

  @Test
  void picturesGetLabels() {
    LabelFile file = new LabelFile("a.csv");
    assertThat(source(Source.IMAGES, SIZE, ALL, Optional.empty(), Optional.of(file)))
        .isEqualTo(new FolderSource("in", 32, 16, Channels.RGB, file));
    for (Source source : List.of(Source.MNIST, Source.CIFAR10, Source.DIGITS, Source.MIXTURE)) {
      assertThatThrownBy(
              () -> source(source, NO_SIZE, ALL, Optional.empty(), Optional.of(FolderLabels.NEVER)))
          .isInstanceOf(DataException.class)
          .hasMessage("--from " + source + " keeps the labels of its images: leave out --labels");
    }
  }

  @Test
  void sizesThatNoMemoryHoldsAreRefused() {
    for (ImageSize size : List.of(new ImageSize(99_999, 99_999), new ImageSize(50, 500_000))) {
      assertThatThrownBy(() -> source(Source.IMAGES, Optional.of(size), ALL))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("4,194,304 pixels", "--size");
      assertThatThrownBy(() -> source(Source.DIGITS, Optional.of(size), ALL))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("4,194,304 pixels", "--size");
    }
  }

  private static ImageSource source(
      Source source, Optional<ImageSize> size, Optional<Integer> limit) {
    return source(source, size, limit, Optional.empty(), Optional.empty());
  }

  private static ImageSource source(
      Source source,
      Optional<ImageSize> size,
      Optional<Integer> limit,
      Optional<Channels> channels,
      Optional<PictureLabels> labels) {
    Intake intake =
        ImportSource.of(
                new ImportRequest(
                    source,
                    source.made() ? Optional.empty() : Optional.of(new Path("in")),
                    new Path("out"),
                    size,
                    channels,
                    labels,
                    TableOptions.NONE,
                    limit,
                    Import.Damaged.REFUSE,
                    SettingsLoader.load(
                        Optional.empty(),
                        List.of(
                            "tweedie.seed=4",
                            "tweedie.data.mixture.weights=[1]",
                            "tweedie.data.mixture.means=[[2, 3]]",
                            "tweedie.data.mixture.stds=[0.5]"))))
            .apply(null);
    return ((SourceIntake) intake).source();
  }
}
