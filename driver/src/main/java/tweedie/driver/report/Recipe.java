package tweedie.driver.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import tweedie.data.WholeFile;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.report.Card.Command;
import tweedie.driver.run.RunDirectory;

/** The commands that make a run again. */
final class Recipe {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");
  private static final String PRESET = "tweedie.model.preset=";

  /**
   * What the command was told that measured something.
   *
   * @param round of the model that was measured; 0 for samples and for a model that was not trained
   */
  record Provenance(String data, boolean trainedOn, int round, List<String> overrides) {

    /** The real images, in words. */
    String images() {
      return "%s (%s)".formatted(data, seen());
    }

    /** Whether they were trained on, in words. */
    String seen() {
      return trainedOn ? "trained on" : "not trained on";
    }
  }

  private final RunDirectory run;
  private final LoadedSettings settings;
  private final String path;

  Recipe(RunDirectory run, LoadedSettings settings) {
    this.run = run;
    this.settings = settings;
    this.path = quoted(shown(run.path()));
  }

  /** A path as a command takes it. */
  static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  /** In the order in which they have to run. */
  List<Command> all(
      List<ReportSamples> samples,
      List<ReportQuality> quality,
      Optional<ReportLikelihood> likelihood,
      Optional<ReportScore> score,
      List<ReportKnowledge> knowledge)
      throws IOException {
    List<Command> commands = new ArrayList<>();
    if (run.hasMetrics()) {
      commands.add(new Command("Train", train()));
    }
    for (ReportSamples drawn : samples) {
      commands.add(new Command("Draw the samples " + drawn.name(), sample(drawn)));
    }
    for (ReportQuality measured : quality) {
      commands.add(
          new Command(
              "Measure the samples " + measured.name(),
              evaluate("samples --samples " + quoted(measured.samples()), measured.asked())));
    }
    likelihood.ifPresent(
        found ->
            commands.add(
                new Command("Measure the likelihood", evaluate("likelihood", found.asked()))));
    score.ifPresent(
        found -> commands.add(new Command("Measure the score", evaluate("score", found.asked()))));
    for (ReportKnowledge known : knowledge) {
      commands.add(
          new Command("Measure the " + known.what(), evaluate(known.what(), known.asked())));
    }
    commands.add(new Command("Write this page", "tweedie report --run " + path));
    return commands;
  }

  private String train() {
    return "tweedie train --run %s%s".formatted(path, options(settings.overrides(defaults())));
  }

  /** What holds where a preset is named, which settings may override again. */
  private LoadedSettings defaults() {
    String preset = settings.settings().model().preset();
    return SettingsLoader.load(
        Optional.empty(), preset.isEmpty() ? List.of() : List.of(PRESET + preset));
  }

  private static String options(List<String> overrides) {
    return overrides.stream()
        .map(override -> " \\\n    -D " + quoted(override))
        .collect(Collectors.joining());
  }

  private String sample(ReportSamples drawn) throws IOException {
    Path directory = new Path(run.path(), "samples/" + drawn.name());
    StringBuilder line = new StringBuilder("tweedie sample --run " + path);
    line.append(" --count ").append(drawn.count()).append(" --name ").append(quoted(drawn.name()));
    line.append(checkpoint(drawn.round()));
    Path config = new Path(directory, RunDirectory.CONFIG);
    if (run.files().exists(config)) {
      LoadedSettings drawnWith =
          SettingsLoader.load(
              new ConfigText(config.toString(), WholeFile.read(run.files(), config)));
      line.append(options(drawnWith.overrides(settings)));
    }
    return line.toString();
  }

  private String evaluate(String what, Provenance asked) {
    boolean unsaid =
        asked.trainedOn() && settings.settings().data().table().input().isEmpty()
            || asked.data().equals(settings.settings().data().path())
            || asked.data().equals(EvaluatedRun.DRAWS);
    return "tweedie evaluate --run %s --what %s%s%s%s"
        .formatted(
            path,
            what,
            unsaid ? "" : " --data " + quoted(asked.data()),
            checkpoint(asked.round()),
            options(asked.overrides()));
  }

  /** The option that names the checkpoint of a model. */
  private static String checkpoint(int round) {
    return round == 0 ? "" : " --checkpoint " + round;
  }

  /** As a shell takes it. */
  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
