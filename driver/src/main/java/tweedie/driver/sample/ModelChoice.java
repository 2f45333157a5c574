package tweedie.driver.sample;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.picture.PictureReader;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.model.CompletedModel;
import tweedie.driver.model.ConditionedModel;
import tweedie.driver.model.GuidedModel;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.AveragedCheckpoint;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.sample.ChainClasses;
import tweedie.sample.Inpainting;
import tweedie.score.Guidance;

/**
 * The model that samples are drawn from: that of the run, told which classes to draw, led by a
 * guide and completing a picture, as far as the settings ask for it.
 *
 * @param statistics of the data of the model; empty for a mixture
 */
record ModelChoice(RunDirectory run, LoadedSettings config, Optional<DataStatistics> statistics) {

  private static final String CLASSES = "tweedie.sample.classes";
  private static final String GUIDE = "tweedie.sample.guidance.guide";
  private static final String WEIGHT = "tweedie.sample.guidance.weight";
  private static final int MOST_LISTED = 30;

  /**
   * The model of a checkpoint as the settings want it.
   *
   * @throws ConfigException if what is asked for is not there
   * @throws DataException if the guide or the picture does not fit the model
   */
  RunModel of(RunModel model) throws IOException {
    Optional<ChainClasses> classes = classes(model);
    return completed(guided(model, classes));
  }

  private RunModel told(RunModel model, Optional<ChainClasses> classes) {
    return classes.isEmpty()
        ? model
        : new ConditionedModel(model, classes.get(), asked(classes.get()));
  }

  private static String asked(ChainClasses classes) {
    return classes.classes().isEmpty()
        ? "as often as in the data"
        : classes.classes().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** Empty where the model is not told any. */
  private Optional<ChainClasses> classes(RunModel model) {
    String asked = config.settings().sample().classes();
    boolean counted = statistics.isPresent() && !statistics.get().labels().isEmpty();
    if (asked.equals("none") || asked.isEmpty() && !(model.classes() > 0 && counted)) {
      return Optional.empty();
    }
    if (model.classes() == 0) {
      throw new ConfigException(
          config.problem(
              CLASSES,
              "needs a model that knows classes, and %s was trained without: tweedie.model.classes = auto trains one"
                  .formatted(model.name())));
    }
    return Optional.of(
        switch (asked) {
          case "", "data" -> ChainClasses.inProportion(counts(counted));
          case "each" -> ChainClasses.inTurn(IntStream.range(0, model.classes()).boxed().toList());
          default -> ChainClasses.inTurn(named(asked, model.classes()));
        });
  }

  private List<Long> counts(boolean counted) {
    if (!counted) {
      throw new ConfigException(
          config.problem(
              CLASSES,
              "needs data.json to say how often each class is; name classes, or take each"));
    }
    return statistics.get().labels();
  }

  /** The numbers of classes given by names or numbers. */
  private List<Integer> named(String asked, int count) {
    List<String> names =
        IntStream.range(0, count)
            .mapToObj(k -> statistics.map(s -> s.className(k)).orElse(Integer.toString(k)))
            .toList();
    List<Integer> classes = new ArrayList<>();
    for (String one : asked.split(",")) {
      String name = one.strip();
      int k = names.indexOf(name);
      if (k < 0 && name.matches("\\d{1,5}") && Integer.parseInt(name) < count) {
        k = Integer.parseInt(name);
      }
      if (k < 0) {
        throw new ConfigException(
            config.problem(
                CLASSES,
                "has '%s', which is no class of the model; they are %s%s"
                    .formatted(
                        name,
                        String.join(", ", names.subList(0, Math.min(MOST_LISTED, count))),
                        count > MOST_LISTED ? ", ..." : "")));
      }
      classes.add(k);
    }
    return classes;
  }

  private RunModel guided(RunModel model, Optional<ChainClasses> classes) throws IOException {
    Settings.Guide settings = config.settings().sample().guidance();
    RunModel told = told(model, classes);
    if (settings.guide().isEmpty() && settings.weight() == 1) {
      return told;
    }
    Guidance guidance = new Guidance(settings.weight(), settings.sigmaMin(), settings.sigmaMax());
    if (settings.guide().isEmpty()) {
      if (classes.isEmpty()) {
        throw new ConfigException(
            config.problem(
                WEIGHT,
                "needs a guide: name a worse model with --guide RUN[@ROUND], or let a model that knows classes be told them with --classes"));
      }
      return new GuidedModel(told, model, guidance);
    }
    if (settings.weight() == 1) {
      throw new ConfigException(
          config.problem(GUIDE, "leads nowhere with weight 1: give --guidance W, such as 2"));
    }
    return new GuidedModel(told, guide(model, classes), guidance);
  }

  /**
   * A checkpoint of a run, as {@code RUN}, {@code RUN@ROUND} or, of the run that is guided,
   * {@code @ROUND}.
   *
   * @param run empty for that run
   */
  private record Named(String run, CheckpointChoice checkpoint) {

    static Named of(String text) {
      int at = text.lastIndexOf('@');
      Optional<CheckpointChoice> checkpoint = CheckpointChoice.of(text.substring(at + 1));
      return at < 0 || checkpoint.isEmpty() // as in s3a://key@bucket/run
          ? new Named(text, CheckpointChoice.NEWEST)
          : new Named(text.substring(0, at), checkpoint.get());
    }
  }

  private RunModel guide(RunModel model, Optional<ChainClasses> classes) throws IOException {
    String given = config.settings().sample().guidance().guide();
    Named named = Named.of(given);
    RunDirectory of =
        named.run().isEmpty()
            ? run
            : RunDirectory.at(FileSystems.path(named.run()), run.files().getConf());
    LoadedSettings trained = settings(of);
    double ema = config.settings().sample().guidance().ema();
    CheckpointChoice checkpoint =
        ema > 0 ? new AveragedCheckpoint(named.checkpoint(), ema) : named.checkpoint();
    RunModel guide = Models.of(of, trained, checkpoint, "guide with");
    if (!guide.shape().equals(model.shape())) {
      throw new DataException(
          "%s = %s is a model of images of %s, and cannot guide one of %s"
              .formatted(GUIDE, given, guide.shape(), model.shape()));
    }
    requireNoise(FromSettings.meanNoise(trained.settings()));
    if (classes.isEmpty() || guide.classes() == 0) {
      return guide;
    }
    if (guide.classes() != model.classes()) {
      throw new DataException(
          "%s = %s knows %d classes, and cannot guide a model that knows %d"
              .formatted(GUIDE, given, guide.classes(), model.classes()));
    }
    return told(guide, classes);
  }

  private static LoadedSettings settings(RunDirectory run) throws IOException {
    Path file = new Path(run.path(), RunDirectory.CONFIG);
    try {
      return SettingsLoader.load(new ConfigText(file.toString(), run.config()));
    } catch (FileNotFoundException e) {
      throw new DataException(
          "The guide %s is no run: it has no %s".formatted(run.path(), RunDirectory.CONFIG), e);
    }
  }

  /** A guide is asked at noise that the model is drawn with and guidance acts at. */
  private void requireNoise(FromSettings.MeanNoise guide) {
    Settings.Guide settings = config.settings().sample().guidance();
    FromSettings.MeanNoise model = FromSettings.meanNoise(config.settings());
    double from = Math.max(settings.sigmaMin(), model.min());
    double to = Math.min(settings.sigmaMax(), model.max());
    if (from < to && (from < guide.min() || to > guide.max())) {
      throw new DataException(
          "%s = %s was trained with noise from %.4g to %.4g, and would guide from %.4g to %.4g: set tweedie.sample.guidance.sigma-min and .sigma-max within what it knows, or take another guide"
              .formatted(GUIDE, settings.guide(), guide.min(), guide.max(), from, to));
    }
  }

  /** The model of images of which the settings give a part. */
  private RunModel completed(RunModel model) throws IOException {
    Settings.Inpaint inpaint = config.settings().sample().inpaint();
    if (inpaint.image().isEmpty()) {
      return model;
    }
    if (model.shape().height() == 1) {
      throw new DataException(
          "tweedie.sample.inpaint.image = %s: points of a mixture cannot be completed from pictures"
              .formatted(inpaint.image()));
    }
    Configuration conf = run.files().getConf();
    Inpainting part =
        new Inpainting(
            PictureReader.read(FileSystems.path(inpaint.image()), model.shape(), conf),
            PictureReader.known(FileSystems.path(inpaint.mask()), model.shape(), conf));
    return new CompletedModel(
        model, part, "%s with %s (%s)".formatted(inpaint.image(), inpaint.mask(), part));
  }
}
