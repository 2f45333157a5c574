package tweedie.driver.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.driver.page.Page;
import tweedie.driver.report.ReportRequest.Pages;
import tweedie.driver.run.LockWatch;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;

/** Writes a run as one page, once or as long as it is trained. In this process, without Spark. */
public final class Report {

  /** How often a watched run is looked at, and how often its page loads itself again. */
  static final int WATCH_SECONDS = 5;

  /** What the page shows; a change of any of these files is a reason to write it again. */
  private static final String[] SHOWN = {
    "metrics.jsonl", "config.conf", "samples/*/diagnostics.json", "evaluation/*.json"
  };

  /** For a page that is being written to be finished. */
  private static final int HOOK_SECONDS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(Report.class);

  private final RunDirectory run;
  private final Path out;
  private final Pages pages;
  private final ReportReader content;
  private boolean stopped;

  public Report(ReportRequest request, Configuration hadoop) throws IOException {
    this.run = RunDirectory.at(request.run(), hadoop);
    this.out = request.out().orElse(new Path(run.path(), "report.html"));
    FileSystem files = ResultFiles.of(out, hadoop);
    if (files.exists(out) && files.getFileStatus(out).isDirectory()) {
      throw new DataException(out + " is a directory; --out names the file to write");
    }
    WholeFile.prepare(files, out);
    this.pages = request.pages();
    this.content = new ReportReader(run, hadoop);
  }

  /**
   * Writes the page.
   *
   * @return the file
   * @throws DataException if there is no run, or nothing in it to show
   */
  public Path execute() throws IOException {
    if (pages == Pages.WHILE_TRAINING) {
      watch();
    } else {
      write(0);
    }
    return ResultFiles.of(out, run.files().getConf()).makeQualified(out);
  }

  private void watch() throws IOException {
    LockWatch training = new LockWatch(run);
    Runnable lastPage = this::stop;
    // before Hadoop closes its file systems
    ShutdownHookManager.get()
        .addShutdownHook(lastPage, RunLock.HOOK_PRIORITY, HOOK_SECONDS, TimeUnit.SECONDS);
    String shown = "";
    try {
      while (training.isHeld()) {
        String now = state();
        if (!now.equals(shown) && run.hasMetrics()) {
          shown = written() ? now : "";
        }
        TimeUnit.SECONDS.sleep(WATCH_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!ShutdownHookManager.get().isShutdownInProgress()) {
        ShutdownHookManager.get().removeShutdownHook(lastPage);
      }
    }
    write(0);
  }

  /**
   * Whether the page was written; where a file went while it was read, the next look tells more.
   */
  private boolean written() {
    try {
      write(WATCH_SECONDS);
      LOG.info("{} shows the run until now; Ctrl-C ends that", out);
      return true;
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} is not written this time: {}", out, e.getMessage());
      return false;
    }
  }

  private synchronized void write(int refreshSeconds) throws IOException {
    if (!stopped) {
      FileSystem files = ResultFiles.of(out, run.files().getConf());
      WholeFile.write(files, out, Page.html("report", content.read(refreshSeconds)));
    }
  }

  /** A page that stays behind does not wait for others. */
  private synchronized void stop() {
    try {
      if (run.hasMetrics()) {
        write(0);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the last page was not written: {}", e.getMessage());
    }
    stopped = true;
  }

  /** Which files there are, and since when. */
  private String state() throws IOException {
    StringBuilder state = new StringBuilder();
    for (String pattern : SHOWN) {
      for (FileStatus file : run.found(pattern)) {
        state.append(file.getPath()).append(' ').append(file.getModificationTime());
        state.append(' ').append(file.getLen()).append('\n');
      }
    }
    return state.toString();
  }
}
