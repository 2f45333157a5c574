package tweedie.driver.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import tweedie.Causes;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.cluster.ClusterException;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;
import tweedie.driver.doctor.ClusterReport.Asked;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.train.ResumeCheck;
import tweedie.driver.train.TrainingCheck;
import tweedie.driver.train.TrainingProblems;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.round.RoundMaster;

/**
 * Finds out whether a training would work: what settings and data say, and what a task on every
 * slot of the cluster reports.
 */
public final class Doctor {

  /** For slots of executors that have not registered yet. */
  private static final long PATIENCE_MILLIS = 30_000;

  private static final long LOOK_AGAIN_MILLIS = 500;

  /** A probe takes seconds: it loads ND4J. */
  private static final long PROBE_SECONDS = 300;

  private static final long MEGABYTE = 1 << 20;

  private final LoadedSettings config;
  private final Optional<Path> runPath;
  private final SparkSession session;
  private final JavaSparkContext spark;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param config the settings of the training
   * @param runPath directory of the run, which need not exist
   */
  public Doctor(LoadedSettings config, Optional<Path> runPath, SparkSession session) {
    this.config = config;
    this.runPath = runPath;
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /**
   * What was found.
   *
   * @param findings errors first
   */
  public record Result(ClusterReport checkup, List<Finding> findings) {

    /** Whether a training would fail. */
    public boolean wouldFail() {
      return findings.stream().anyMatch(Finding::fatal);
    }
  }

  public Result execute() throws IOException {
    Optional<ShardedImages> data = data();
    Optional<RunDirectory> run = Optional.empty();
    if (runPath.isPresent()) {
      run = Optional.of(RunDirectory.at(runPath.get(), spark.hadoopConfiguration()));
    }
    Optional<Checkpoint> checkpoint = Optional.empty();
    if (run.isPresent()) {
      checkpoint = run.get().latest();
    }
    Asked asked = asked(data, checkpoint);
    List<Shard> shards =
        data.filter(ShardedImages::inFiles).map(ShardedImages::shards).orElse(List.of());
    ClusterReport checkup =
        run.isEmpty() ? probed(asked, shards, "") : besideMark(asked, shards, run);
    findings.addAll(checkup.findings());
    if (data.isPresent()) {
      checkStart(data.get(), run, checkpoint);
    }
    findings.sort(Comparator.comparing(finding -> !finding.fatal()));
    return new Result(checkup, findings);
  }

  private Optional<ShardedImages> data() throws IOException {
    if (config.settings().data().place().isEmpty()) {
      findings.add(
          Finding.warning("tweedie.data.path is not set: whether data can be read is not checked"));
      return Optional.empty();
    }
    TrainingCheck check = TrainingCheck.of(config, session);
    check.problems().forEach(this::wrong);
    return check.data();
  }

  /** What a run that goes on refuses, and what a new one finds when it has read all images. */
  private void checkStart(
      ShardedImages data, Optional<RunDirectory> run, Optional<Checkpoint> checkpoint)
      throws IOException {
    if (checkpoint.isPresent()) {
      try {
        ResumeCheck.of(config, run.get().path())
            .check(
                run.get().configOf(checkpoint.get()),
                checkpoint.get().origin().map(Checkpoint.Origin::data),
                data);
      } catch (ConfigException e) {
        e.problems().forEach(this::wrong);
      }
    } else if (findings.stream().noneMatch(Finding::fatal)) {
      TrainingProblems.ofStatistics(config, DataStatistics.of(spark, data)).ifPresent(this::wrong);
    }
  }

  private void wrong(SettingProblem problem) {
    findings.add(Finding.error(problem.toString()));
  }

  private Asked asked(Optional<ShardedImages> data, Optional<Checkpoint> checkpoint) {
    Settings settings = config.settings();
    Optional<ImageShape> shape =
        checkpoint.map(found -> found.network().shape()).or(() -> data.map(ShardedImages::shape));
    int workers = settings.train().workers();
    long parameters = 0;
    if (checkpoint.isPresent()) {
      parameters = checkpoint.get().state().parameters().length;
    } else if (shape.isPresent() && findings.stream().noneMatch(Finding::fatal)) {
      parameters = TrainingProblems.parameters(settings, shape.get());
    }
    SparkConf conf = spark.getConf();
    String master = conf.get("spark.master");
    return new Asked(
        workers,
        settings.train().threadsPerWorker(),
        shape.map(ImageShape::toString).orElse(""),
        RoundMaster.bytesToDriver(parameters, workers),
        conf.getSizeAsBytes("spark.driver.maxResultSize", "1g"),
        overhead(conf, master),
        conf.getBoolean("spark.dynamicAllocation.enabled", false),
        master.startsWith("local"));
  }

  /** The memory of a container beside the heap, where Spark asks for containers. */
  static long overhead(SparkConf conf, String master) {
    if (!master.startsWith("k8s") && !master.startsWith("yarn")) {
      return 0;
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long least = Math.max(384, (long) (heap * factor));
    return conf.getSizeAsMb("spark.executor.memoryOverhead", least + "m") * MEGABYTE;
  }

  /** The slots look for a file that the driver has written into the run directory. */
  private ClusterReport besideMark(Asked asked, List<Shard> shards, Optional<RunDirectory> run)
      throws IOException {
    FileSystem files = run.orElseThrow().files();
    Path directory = run.orElseThrow().path();
    boolean isNew = !files.exists(directory);
    Path mark = new Path(directory, ".doctor-" + UUID.randomUUID() + ".tmp");
    try {
      files.create(mark, false).close();
    } catch (IOException e) {
      findings.add(
          Finding.error(
              "The run directory %s cannot be written: %s".formatted(directory, e.getMessage())));
      return probed(asked, shards, "");
    }
    try {
      return probed(asked, shards, mark.toString());
    } finally {
      files.delete(mark, false);
      if (isNew && files.listStatus(directory).length == 0) {
        files.delete(directory, false);
      }
    }
  }

  private ClusterReport probed(Asked asked, List<Shard> shards, String mark) {
    int slots = awaitSlots(asked);
    SlotReport driver = SlotProbe.driver();
    JavaRDD<Integer> numbers = spark.parallelize(IntStream.range(0, slots).boxed().toList(), slots);
    ClassTag<SlotReport> tag = ClassTag$.MODULE$.apply(SlotReport.class);
    SlotProbe probe = new SlotProbe(shards, mark, asked.threads());
    CountedJob job = new CountedJob(spark, "tweedie doctor", "every slot reports");
    long began = System.currentTimeMillis();
    // together, as the workers of a round: what one of them takes, another does not have
    JavaFutureAction<List<SlotReport>> reports =
        JavaRDD.fromRDD(numbers.rdd().barrier().mapPartitions(probe, false, tag), tag)
            .collectAsync();
    try {
      List<SlotReport> bySlot = new ArrayList<>(reports.get(PROBE_SECONDS, TimeUnit.SECONDS));
      long ended = System.currentTimeMillis();
      bySlot.sort(Comparator.comparingInt(SlotReport::slot));
      return new ClusterReport(asked, driver, bySlot, began, ended);
    } catch (TimeoutException e) {
      reports.cancel(true);
      throw new ClusterException(
          "The %d slots of the cluster did not report within %d s; Spark's web page shows which executor hangs"
              .formatted(slots, PROBE_SECONDS),
          e);
    } catch (ExecutionException e) {
      throw new ClusterException(
          "The slots of the cluster could not report: "
              + Causes.firstLine(e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while the cluster reported", e);
    } finally {
      job.close();
    }
  }

  /** How many tasks run at once, when as many as there are workers do, or after some patience. */
  private int awaitSlots(Asked asked) {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    int slots = slots();
    while (slots < asked.workers() && !asked.local() && System.currentTimeMillis() < end) {
      try {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClusterException("Interrupted while it waited for executors", e);
      }
      slots = slots();
    }
    return slots;
  }

  /** As Spark counts them, with cores and GPUs. */
  private int slots() {
    return spark
        .sc()
        .maxNumConcurrentTasks(spark.sc().resourceProfileManager().defaultResourceProfile());
  }
}
