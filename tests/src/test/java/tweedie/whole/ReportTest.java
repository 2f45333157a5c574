package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tweedie.whole.Commands.tweedie;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.cluster.Await;
import tweedie.whole.Chromium.Colours;
import tweedie.whole.Commands.Outcome;

/** {@code report} of a small run on built-in digits, read as text and looked at in Chromium. */
class ReportTest {

  private static final int PHONE = 390;

  /** A name that would break a page that does not escape. */
  private static final String NAME = "run <b>&' x";

  @TempDir static Path made;
  private static Path whole;

  @TempDir Path temporary;

  @BeforeAll
  static void sampleMeasureAndReport() throws IOException {
    whole = made.resolve(NAME);
    TinyRuns.Digits digits = TinyRuns.digits();
    Trees.copy(digits.run(), whole);
    Trees.delete(whole.resolve("samples"));
    for (int levels : List.of(3, 5)) {
      tweedie(
              "sample",
              "--run",
              whole,
              "--count",
              20,
              "--method",
              "heun",
              "--name",
              "heun-" + levels,
              "-D",
              "tweedie.sample.levels=" + levels)
          .succeeded();
    }
    tweedie(
            "evaluate",
            "--run",
            whole,
            "--data",
            digits.fresh(),
            "--what",
            "samples",
            "-D",
            "tweedie.evaluate.projections=8",
            "-D",
            "tweedie.evaluate.classes=false")
        .succeeded();
    measuredElsewhere();
    Outcome outcome = tweedie("report", "--run", whole).succeeded();
    assertThat(outcome.out()).contains("/report.html");
  }

  /** What other measurements would have written. */
  private static void measuredElsewhere() throws IOException {
    Path evaluation = whole.resolve("evaluation");
    Files.writeString(
        evaluation.resolve("likelihood.json"),
        """
        {"subject": {"model": "m", "weights": "", "data": "held <out>", "trained_on": false,
                     "dimension": 4, "dequantized": true, "repeats": 1, "seed": 1},
         "density": "the smoothed density", "sigma_min": 0.01, "sigma_max": 10,
         "nats_per_image": {"value": -3}, "tails": {"moments_of_data": 0, "squared_radius": 1},
         "batches_kept": 0, "seconds": 1,
         "images": 3, "offset": 8.0, "calls_per_image": 123.0, "solver": "a solver",
         "bits_per_dimension": {"value": 1.25, "error": 0.05, "low": 1.15, "high": 1.35}}
        """);
    Files.writeString(
        evaluation.resolve("likelihood-images.jsonl"),
        """
        {"id": 1, "label": -1, "bits_per_dimension": 1.0, "nats": 1, "calls": 9}
        {"id": 2, "label": -1, "bits_per_dimension": 1.25, "nats": 1, "calls": 9}
        {"id": 3, "label": -1, "bits_per_dimension": 1.5, "nats": 1, "calls": 9}
        """);
    String level =
        """
        {"sigma": %s, "copies": 1, "s": %s, "psnr": 20.0, "psnr_floor": 21.0, "score": {
         "error": {"value": 0.02, "low": 0.01, "high": 0.03},
         "excess": {"value": 0.005, "low": 0.004, "high": 0.006},
         "floor": {"value": 0.015, "low": 0.014, "high": 0.016},
         "fisher": {"value": 0.5, "low": 0.4, "high": 0.6},
         "relative_fisher": {"value": 0.5, "low": 0.4, "high": 0.6}}}
        """;
    String levels = "[%s, %s]".formatted(level.formatted(0.1, 0.1), level.formatted(1, 1));
    Files.writeString(
        evaluation.resolve("score.json"),
        """
        {"model": "m", "floor": "f", "data": "d", "trained_on": true, "images": 3, "dimension": 4,
         "range": 1, "sees_copies": false, "seconds": 1, "matched": %s, "fixed": %s}
        """
            .formatted(levels, levels));
    Files.writeString(
        evaluation.resolve("classes.json"),
        """
        {"model": "m", "data": "d", "trained_on": false, "images": 4, "levels": [0.1, 2],
         "noise": 1, "accuracy": {"value": 0.75, "low": 0.3, "high": 0.95},
         "classes": [{"name": "a <cat>", "images": 4, "recognised": [3, 1],
                      "accuracy": {"value": 0.75, "low": 0.3, "high": 0.95}}],
         "seconds": 1, "overrides": []}
        """);
  }

  private static String page() throws IOException {
    return Files.readString(whole.resolve("report.html"));
  }

  /** The page without what stands in script elements. */
  private static String markup(String page) {
    return page.replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
  }

  @Test
  void showsAllPartsWithTheirIntervals() throws IOException {
    assertThat(markup(page()))
        .contains("1.15 to 1.35", "Likelihood of each image", "held &lt;out&gt;")
        .contains("<h3>heun-3</h3>", "<h3>heun-5</h3>", "sliced W2 of pixels by calls")
        .contains("Denoising error beside the least possible", "0.02 (0.01 to 0.03)")
        .contains("D of 8 copies", "mean over 40 images with its 95 % interval")
        .contains("The 8 samples nearest to a training image are ", ", p\u00a0&#x3D;\u00a0")
        .contains("Classes by density", "a &lt;cat&gt;", "0.75 (0.3 to 0.95)")
        .contains("validation", "Drift", "Throughput")
        .doesNotContain("Not measured yet");
    // grids, strips, nearest pairs and the rows of the denoising
    assertThat(images()).hasSize(2 + 2 + 2 + 9);
  }

  private static List<String> images() throws IOException {
    return Pattern.compile("<img src=\"([^\"]*)\"")
        .matcher(markup(page()))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void isOneSmallFileThatLoadsNothing() throws IOException {
    assertThat(images()).allMatch(uri -> uri.startsWith("data:image/png;base64,"));
    Matcher references =
        Pattern.compile("(?i)\\b(?:src|href)\\s*=\\s*[\"']?([^\"' >]*)").matcher(markup(page()));
    assertThat(references.results().map(found -> found.group(1)))
        .allMatch(uri -> uri.startsWith("data:") || uri.startsWith("#"));
    assertThat(Files.size(whole.resolve("report.html"))).isLessThan(1_000_000);
    assertThat(Trees.names(whole)).noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void escapesNamesAndSettings() throws IOException {
    assertThat(markup(page())).contains("run &lt;b&gt;&amp;").doesNotContain("<b>&");
  }

  @Test
  void commandsMakeTheRunAgain() throws IOException {
    assertThat(page())
        .contains(
            "-D tweedie.train.epochs&#x3D;2", "-D &#39;tweedie.model.channels&#x3D;[4,8]&#39;")
        .contains("--count 20 --name heun-5 --checkpoint 2", "-D tweedie.sample.levels&#x3D;5")
        .contains("--what samples --samples heun-5 --data " + TinyRuns.digits().fresh())
        .contains("-D tweedie.evaluate.projections&#x3D;8");
  }

  @Test
  void twoReportsOfARunAreTheSame() throws IOException {
    tweedie("report", "--run", whole, "--out", temporary.resolve("again.html")).succeeded();
    String time = "Written [-0-9: ]* UTC";
    assertThat(Files.readString(temporary.resolve("again.html")).replaceAll(time, ""))
        .isEqualTo(page().replaceAll(time, ""));
  }

  @Test
  void partsThatAreNotThereSayHowToMakeThem() throws IOException {
    Path run = Trees.copy(whole, temporary.resolve("bare"));
    Trees.delete(run.resolve("samples"));
    Trees.delete(run.resolve("evaluation"));
    Trees.delete(run.resolve("checkpoints"));
    tweedie("report", "--run", run).succeeded();
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("tweedie sample --run " + run, "There is no checkpoint yet")
        .contains("--what likelihood", "--what samples", "--what score");
  }

  @Test
  void whatIsNoRunIsRefused() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThat(tweedie("report", "--run", empty).refused().err())
        .contains(empty + " is not the directory of a run: it has no config.conf.");
    Files.copy(whole.resolve("config.conf"), empty.resolve("config.conf"));
    assertThat(tweedie("report", "--run", empty).refused().err())
        .contains(empty + " has no metrics.jsonl and no samples: there is nothing to report.");
    assertThat(tweedie("report", "--run", temporary.resolve("none")).refused().err())
        .contains("none is not the directory of a run");
    assertThat(Trees.names(empty)).containsExactly("config.conf");
    assertThat(temporary.resolve("none")).doesNotExist();
    assertThat(tweedie("report", "--run", whole, "--out", empty).refused().err())
        .contains(empty + " is a directory; --out names the file to write");
    Path damaged = Trees.copy(whole, temporary.resolve("damaged"));
    Files.writeString(damaged.resolve("evaluation/score.json"), "{");
    assertThat(tweedie("report", "--run", damaged).refused().err())
        .contains("evaluation/score.json is damaged: it holds no JSON, ");
  }

  @Test
  void watchedRunIsShownUntilItsTrainingEnds() throws Exception {
    Path run = Trees.copy(whole, temporary.resolve("watched"));
    Path metrics = run.resolve("metrics.jsonl");
    Path page = run.resolve("report.html");
    List<String> lines = Files.readAllLines(metrics);
    Files.delete(page);
    Files.delete(metrics);
    Files.writeString(
        run.resolve("lock.json"),
        """
{"token": "t", "host": "h", "pid": 1, "processes": "", "started": 0, "since": "%1$s", "heartbeat": "%1$s"}
"""
            .formatted(Instant.now()));
    CompletableFuture<Outcome> watch =
        CompletableFuture.supplyAsync(() -> tweedie("report", "--run", run, "--watch"));
    Files.writeString(metrics, lines.get(0) + "\n");
    Await.until("a page", () -> Files.exists(page));
    assertThat(Files.readString(page))
        .contains("data-refresh-seconds=\"5\"", "in training", "in 1 rounds");
    Files.writeString(metrics, String.join("\n", lines) + "\n");
    Await.until("a newer page", () -> Files.readString(page).contains("in 2 rounds"));
    assertThat(watch).isNotDone();
    Files.delete(run.resolve("lock.json"));
    watch.get().succeeded();
    assertThat(Files.readString(page)).contains("data-refresh-seconds=\"0\"");
  }

  @Test
  void chartsAreDrawnInTheLightAndInTheDarkAndFitAPhone() throws Exception {
    assumeTrue(Chromium.isInstalled(), "skipped: there is no /usr/bin/chromium");
    int charts = markup(page()).split("<figure class=\"chart\"", -1).length - 1;
    assertThat(charts).isGreaterThan(8);
    Path phone = onAPhone();
    Chromium chromium = new Chromium(temporary);
    for (Colours colours : Colours.values()) {
      Path picture = temporary.resolve(colours + ".png");
      String shown = chromium.show(phone, colours, picture);
      assertThat(shown)
          .contains(
              "data-probe=\"%d charts drawn, %d failed, %d wide\"".formatted(charts, 0, PHONE));
      assertColourful(picture, colours);
    }
  }

  /** Chromium's windows are at least 500 wide: the page in a frame of a page, which it tells. */
  private Path onAPhone() throws IOException {
    Files.writeString(
        temporary.resolve("framed.html"),
        page()
            .replace("script-src ", "script-src 'nonce-probe' ") // its policy knows no other script
            .replace(
                "</body>",
                """
<script nonce="probe">
const count = state => document.querySelectorAll('[data-state=' + state + ']').length;
parent.postMessage(count('drawn') + ' charts drawn, ' + count('failed') + ' failed, '
    + document.documentElement.scrollWidth + ' wide', '*');
</script></body>\
"""));
    return Files.writeString(
        temporary.resolve("phone.html"),
        """
<body style="margin: 0"><iframe src="framed.html" style="border: 0; width: %dpx; height: 3000px"></iframe>
<script>addEventListener('message', told => document.body.dataset.probe = told.data);</script>
"""
            .formatted(PHONE));
  }

  private static void assertColourful(Path picture, Colours colours) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    Set<Integer> seen = new TreeSet<>();
    for (int y = 0; y < image.getHeight(); y += 3) {
      for (int x = 0; x < image.getWidth(); x += 3) {
        seen.add(image.getRGB(x, y));
      }
    }
    assertThat(seen).as("colours in the picture").hasSizeGreaterThan(100);
    int paper = image.getRGB(1, 1) & 0xff;
    assertThat(paper)
        .isBetween(colours == Colours.DARK ? 0 : 200, colours == Colours.DARK ? 60 : 255);
  }
}
