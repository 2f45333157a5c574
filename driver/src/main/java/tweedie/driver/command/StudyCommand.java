package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.HadoopOutsideSpark;
import tweedie.driver.study.StudyDirectory;

/** {@code tweedie study}. */
@Command(
    name = "study",
    description = {
      "Measures whether more noisy samples give better score estimates.",
      "Trains many small networks, some that differ in one thing only, with the same",
      "seeds, and writes what the differences are: study.html, a page with charts,",
      "and the tables study.json, comparisons.csv and gradients.csv. Goes on where it",
      "was stopped: trainings that are in --out are not repeated.",
      "",
      "Ends with 3 if another process works in --out."
    },
    footer = {"", "Example:", "  tweedie study --conf conf/study-quick.conf --out runs/study"})
final class StudyCommand extends ActionCommand {

  @Mixin private ConfigOptions config;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "Directory of the results.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Optional<ConfigText> before =
        config.hasFile()
            ? Optional.empty()
            : StudyDirectory.config(out, HadoopOutsideSpark.hadoop());
    LoadedSettings loaded = config.load(before);
    actions().study(out, loaded, sessions("tweedie study " + out));
    return ExitStatus.DONE;
  }
}
