package tweedie.driver.action;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import tweedie.Printable;
import tweedie.device.TaskResources;
import tweedie.driver.apply.Apply;
import tweedie.driver.apply.ApplyRequest;
import tweedie.driver.cluster.SparkSessions;
import tweedie.driver.code.CodesFile;
import tweedie.driver.code.Decode;
import tweedie.driver.code.DecodeRequest;
import tweedie.driver.code.Encode;
import tweedie.driver.code.EncodeRequest;
import tweedie.driver.code.Interpolate;
import tweedie.driver.code.InterpolateRequest;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.denoise.Denoise;
import tweedie.driver.denoise.DenoiseRequest;
import tweedie.driver.doctor.Doctor;
import tweedie.driver.evaluate.EvaluateRequest;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.Measurable;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.classes.ClassMeasurement;
import tweedie.driver.evaluate.likelihood.LikelihoodMeasurement;
import tweedie.driver.evaluate.representations.RepresentationMeasurement;
import tweedie.driver.evaluate.samples.SamplesMeasurement;
import tweedie.driver.evaluate.score.ScoreMeasurement;
import tweedie.driver.export.Export;
import tweedie.driver.export.ExportRequest;
import tweedie.driver.imports.Import;
import tweedie.driver.imports.ImportRequest;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.imports.ImportSource;
import tweedie.driver.imports.Intake;
import tweedie.driver.progress.Progress;
import tweedie.driver.report.Report;
import tweedie.driver.report.ReportRequest;
import tweedie.driver.run.HadoopOutsideSpark;
import tweedie.driver.sample.Sample;
import tweedie.driver.sample.SampleRequest;
import tweedie.driver.study.Study;
import tweedie.driver.train.Train;
import tweedie.driver.train.TrainRequest;

/** What each command does once its command line and settings are known to be right. */
public class Actions {

  private static final int LISTED = 100;
  private static final int CLASSES = 10;

  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * @param out is told the results
   * @param err is told what a person should know besides
   */
  public Actions(PrintWriter out, PrintWriter err) {
    this.out = Printable.on(out); // names of files are in what is printed
    this.err = Printable.on(err);
  }

  public Import.Result importImages(ImportRequest request, SparkSessions spark) throws IOException {
    Function<SparkSession, Intake> intake = ImportSource.of(request);
    try (SparkSession session = spark.open()) {
      Import.Settings settings =
          new Import.Settings(
              intake.apply(session),
              request.output().toString(),
              request.limit().map(OptionalLong::of).orElse(OptionalLong.empty()),
              request.config().settings().data().imagesPerShard(),
              request.damaged());
      Progress progress = Progress.start("import", "images", request.limit().orElse(0));
      Import.Result result = new Import(session, settings, progress).execute();
      leftOut(
          "Ignored",
          result.ignored(),
          result.ignored().size(),
          "file was ignored",
          "files were ignored");
      leftOut(
          "Skipped",
          result.skipped(),
          result.damaged(),
          request.source() == Source.TABLE ? "row was skipped" : "damaged file was skipped",
          request.source() == Source.TABLE ? "rows were skipped" : "damaged files were skipped");
      if (result.converted() > 0) {
        err.println(
            result.shape().channels() == 1
                ? "%d images in colour became gray; --channels rgb keeps colours"
                    .formatted(result.converted())
                : "%d gray images were given three equal channels; --channels gray makes all gray"
                    .formatted(result.converted()));
      }
      out.println(
          "%d images of %s in %d %s: %s"
              .formatted(
                  result.images(),
                  result.shape(),
                  result.shards(),
                  result.shards() == 1 ? "shard" : "shards",
                  request.output()));
      if (!result.classes().isEmpty()) {
        out.println(classes(result.classes()));
      }
      return result;
    }
  }

  private static String classes(List<String> names) {
    return "in %d %s: %s%s"
        .formatted(
            names.size(),
            names.size() == 1 ? "class" : "classes",
            names.stream().limit(CLASSES).collect(Collectors.joining(", ")),
            names.size() > CLASSES ? ", \u2026" : "");
  }

  /** The first of the things that were left out, and how many there are. */
  private void leftOut(String how, List<String> listed, long all, String one, String many) {
    listed.stream().limit(LISTED).forEach(thing -> err.println(how + " " + thing));
    if (all > LISTED) {
      err.println("%s %d more".formatted(how, all - LISTED));
    }
    if (all > 0) {
      err.println("%d %s".formatted(all, all == 1 ? one : many));
    }
  }

  public Train.Result train(TrainRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      Train.Result result = new Train(request, session).execute();
      if (result.rounds().isEmpty()) {
        out.println(
            "Nothing to train: the run has %d rounds, and tweedie.train.epochs = %d"
                .formatted(result.state().round(), request.config().settings().train().epochs()));
      }
      out.println("Checkpoint: " + result.checkpoint());
      out.println("Draw samples with: tweedie sample --run %s --count 64".formatted(request.run()));
      return result;
    }
  }

  public Sample.Result sample(SampleRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      Sample.Result result = new Sample(request, session).execute();
      out.println(result.grid() == null ? result.directory() : result.grid());
      return result;
    }
  }

  public List<Measurement.Result> evaluate(EvaluateRequest request, SparkSessions spark)
      throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      EvaluatedRun run = new EvaluatedRun(request, session);
      List<Measurement> measurements = new ArrayList<>();
      for (Measurable asked : request.what()) { // all is checked before anything is measured
        measurements.add(
            switch (asked) {
              case SAMPLES -> new SamplesMeasurement(run);
              case SCORE -> new ScoreMeasurement(run);
              case LIKELIHOOD -> new LikelihoodMeasurement(run);
              case CLASSES -> new ClassMeasurement(run);
              case REPRESENTATIONS -> new RepresentationMeasurement(run);
            });
      }
      List<Measurement.Result> results = new ArrayList<>();
      for (Measurement measurement : measurements) {
        results.addAll(measurement.measure());
      }
      results.forEach(result -> result.table().lines().forEach(out::println));
      return results;
    }
  }

  public Study.Result study(Path directory, LoadedSettings config, SparkSessions spark)
      throws IOException {
    try (SparkSession session = spark.openForNetworks(config.settings().compute())) {
      Study.Result result = new Study(directory, config, session).execute();
      if (result.withoutImages()) {
        err.println("tweedie.data.path is empty: the study asks mixtures only, and no images");
      }
      out.println(
          "%d trainings, %d of them done before"
              .formatted(result.trained() + result.found(), result.found()));
      out.println(new Path(result.directory(), "study.html"));
      return result;
    }
  }

  public Path report(ReportRequest request) throws IOException {
    Path page = new Report(request, HadoopOutsideSpark.hadoop()).execute();
    out.println(page);
    return page;
  }

  public Export.Result export(ExportRequest request) throws IOException {
    TaskResources.checkDriver();
    Export.Result result = new Export(request, HadoopOutsideSpark.hadoop()).execute();
    out.println("%s: %s".formatted(result.content(), result.file()));
    return result;
  }

  public Denoise.Result denoise(DenoiseRequest request) throws IOException {
    TaskResources.checkDriver();
    Denoise.Result result = new Denoise(request, HadoopOutsideSpark.hadoop()).execute();
    for (Denoise.Won won : result.won()) {
      out.println(
          "%s: %.2f dB noisy, %.2f dB denoised"
              .formatted(won.picture(), won.before(), won.after()));
    }
    out.println(result.out());
    return result;
  }

  public Apply.Result apply(ApplyRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      Apply.Result result = new Apply(request, session).execute();
      if (result.leftOut() > 0) {
        err.println(
            "%d %s left out, as the image cannot be read"
                .formatted(result.leftOut(), result.leftOut() == 1 ? "row was" : "rows were"));
      }
      if (result.converted() > 0) {
        err.println(
            "the colours of %d images were converted to those of the model"
                .formatted(result.converted()));
      }
      out.println(
          "%d rows in %d %s%s: %s"
              .formatted(
                  result.rows(),
                  result.parts(),
                  result.parts() == 1 ? "part" : "parts",
                  result.kept() > 0 ? ", and %d parts were there".formatted(result.kept()) : "",
                  result.out()));
      return result;
    }
  }

  public Encode.Result encode(EncodeRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      Encode.Result result = new Encode(request, session).execute();
      CodesFile codes = result.codes();
      out.println(
          "%d codes of mean square %.4g; decoded again, a pixel differs by %.3g (root mean square), in the worst image by %.3g"
              .formatted(
                  codes.images(),
                  codes.meanSquare(),
                  codes.reconstructionRms(),
                  codes.reconstructionLargest()));
      out.println(result.out());
      return result;
    }
  }

  public Decode.Result decode(DecodeRequest request, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(request.config().settings().compute())) {
      Decode.Result result = new Decode(request, session).execute();
      out.println("%d images: %s".formatted(result.images(), result.out()));
      return result;
    }
  }

  public Interpolate.Result interpolate(InterpolateRequest request) throws IOException {
    TaskResources.checkDriver();
    Interpolate.Result result = new Interpolate(request, HadoopOutsideSpark.hadoop()).execute();
    out.println("%d images: %s".formatted(result.steps(), result.out()));
    return result;
  }

  public Doctor.Result doctor(LoadedSettings config, Optional<Path> run, SparkSessions spark)
      throws IOException {
    try (SparkSession session = spark.open(config.settings().compute())) {
      Doctor.Result result = new Doctor(config, run, session).execute();
      result.checkup().table().lines().forEach(out::println);
      result.findings().forEach(out::println);
      if (result.findings().isEmpty()) {
        out.println("Nothing is wrong.");
      }
      return result;
    }
  }

  public void demo(Path run, LoadedSettings config, SparkSessions spark) throws IOException {
    try (SparkSession session = spark.openForNetworks(config.settings().compute())) {
      new Demo(run, config, session, out).execute();
    }
  }
}
