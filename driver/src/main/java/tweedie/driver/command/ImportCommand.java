package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.PictureLabels;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.imports.Import.Damaged;
import tweedie.driver.imports.ImportRequest;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.imports.ImportRequest.TableOptions;
import tweedie.driver.table.ImageSize;

/** {@code tweedie import}. */
@Command(
    name = "import",
    description = "Reads a data set and writes it as Parquet shards.",
    footer = {
      "",
      "Example:",
      "  tweedie import --from mnist --input data/mnist --output data/mnist-shards"
    })
final class ImportCommand extends ActionCommand {

  @Mixin private ConfigOptions config;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "KIND",
      description = "Kind of the data: ${COMPLETION-CANDIDATES}.")
  private Source source;

  @Option(
      names = "--input",
      paramLabel = "URI",
      description = "Where the data is; not for digits and mixture, which are made.")
  private Optional<Path> input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Directory of the shards.")
  private Path output;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "Brings images to this height and width.")
  private Optional<ImageSize> size;

  @Option(
      names = "--channels",
      paramLabel = "CHANNELS",
      description =
          "Brings images to ${COMPLETION-CANDIDATES}; rgb unless given, of a table gray where its first pictures are.")
  private Optional<Channels> channels;

  @Option(
      names = "--labels",
      paramLabel = "FROM",
      description = {
        "Classes of pictures: folders, the ones in the input; none; or a file of path,label named *.csv.",
        "Unless given, folders where all pictures lie in two of them or more."
      })
  private Optional<PictureLabels> labels;

  @Mixin private TableOption table;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "Column of the classes in a table, whole numbers or names; label unless given, if there is one. Of numpy the name of their array.")
  private Optional<String> label;

  @Option(names = "--limit", paramLabel = "N", description = "Stops after this many images.")
  private Optional<Integer> limit;

  @Option(
      names = "--images-per-shard",
      paramLabel = "N",
      description = "Stands for -D tweedie.data.images-per-shard=N.")
  private Optional<String> imagesPerShard;

  @Option(
      names = "--skip-bad",
      description = "Leaves out files, or rows of a table, that cannot be read.")
  private boolean skipBad;

  @Override
  public Integer call() throws IOException {
    if (source.made() == input.isPresent()) {
      throw wrong(
          source.made()
              ? "--from " + source + " makes its data: leave out --input"
              : "--from " + source + " needs --input URI");
    }
    if (limit.filter(images -> images < 1).isPresent()) {
      throw wrong("--limit must be at least 1, not " + limit.get());
    }
    imagesPerShard.ifPresent(images -> config.override("tweedie.data.images-per-shard", images));
    LoadedSettings loaded = config.load(Optional.empty());
    if (source == Source.MIXTURE && loaded.settings().data().mixture().weights().isEmpty()) {
      throw new ConfigException(
          loaded.problem(
              "tweedie.data.mixture.weights",
              "must be given, with .means and .stds or .covariances, for --from mixture"));
    }
    actions()
        .importImages(
            new ImportRequest(
                source,
                input,
                output,
                size,
                channels,
                labels,
                new TableOptions(table.format(), table.image(), label, table.where()),
                limit,
                skipBad ? Damaged.SKIP : Damaged.REFUSE,
                loaded),
            sessions("tweedie import"));
    return ExitStatus.DONE;
  }
}
