package tweedie.driver.progress;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar with the time that is left. */
final class ProgressBarView implements Progress {

  private static final int MILLIS_BETWEEN_UPDATES = 500;

  /** The library's word for a bar without an end. */
  private static final long UNKNOWN = -1;

  private final long total;
  private final ProgressBar bar;

  ProgressBarView(String task, String unit, long total) {
    this.total = total;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setUnit(" " + unit, 1)
            .setInitialMax(total > 0 ? total : UNKNOWN)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(MILLIS_BETWEEN_UPDATES)
            .showSpeed()
            .build();
  }

  @Override
  public void at(long done) {
    bar.stepTo(Math.max(bar.getCurrent(), total > 0 ? Math.min(done, total) : done));
  }

  @Override
  public void note(String note) {
    bar.setExtraMessage(" " + note);
  }

  @Override
  public void close() {
    bar.close();
  }
}
