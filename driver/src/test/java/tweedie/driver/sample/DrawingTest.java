package tweedie.driver.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.sample.SampleChains.Range;
import tweedie.driver.sample.SampleWalks.Stretch;
import tweedie.sample.ChainStart;
import tweedie.sample.Friction;
import tweedie.sample.Heun;
import tweedie.sample.Integrator;
import tweedie.sample.Integrator.Scheme;
import tweedie.sample.NoiseLevels;
import tweedie.sample.WalkJump;

class DrawingTest {

  private static final ChainStart START = new ChainStart(new double[2], 3);
  private static final Heun HEUN = new Heun(START, NoiseLevels.karras(3, 0.1, 6, 7));
  private static final WalkJump WALK =
      new WalkJump(
          START,
          1,
          new Integrator(Scheme.BAOAB, 0.5, 1, new Friction(Friction.Per.TIME, 1)),
          10,
          5,
          1);

  @TempDir java.nio.file.Path temporary;
  private SampleDirectory directory;

  @BeforeEach
  void open() throws IOException {
    directory =
        new SampleDirectory(
            FileSystem.getLocal(new Configuration()), new Path(temporary.toString()));
  }

  @Test
  void aWalkIsDrawnByItsJumpsAndEveryOtherSamplerByItsEnds() {
    assertThat(Drawing.of(HEUN, 64)).isEqualTo(new Drawing.Ends(HEUN));
    assertThat(Drawing.of(WALK, 64)).isEqualTo(new Drawing.Jumps(WALK, 64));
    assertThat(Drawing.of(HEUN, 64).chains()).isZero();
    assertThat(Drawing.of(HEUN, 64).description()).isEqualTo(HEUN.description());
    assertThat(Drawing.of(WALK, 64).description()).isEqualTo(WALK.description() + ", 64 chains");
  }

  @Test
  void endsAreCountedInLevels() throws IOException {
    Files.createFile(temporary.resolve("part-000000000-000000003.parquet"));
    Drawing<Range> ends = new Drawing.Ends(HEUN);
    List<Range> missing = ends.missing(directory, 10, 4);

    assertThat(missing).containsExactly(new Range(4, 7), new Range(8, 9));
    assertThat(ends.units(missing.get(0))).isEqualTo(4 * 6);
    assertThat(ends.images(missing.get(1))).isEqualTo(2);
    assertThat(ends.calls(missing.get(0))).isEqualTo(11);
  }

  @Test
  void jumpsAreCountedInSteps() throws IOException {
    Files.createFile(temporary.resolve("walk-000000000-000000003-000001.json"));
    Drawing<Stretch> jumps = new Drawing.Jumps(WALK, 6);
    List<Stretch> missing = jumps.missing(directory, 12, 4);

    assertThat(missing).containsExactly(new Stretch(0, 3, 1, 2), new Stretch(4, 5, 0, 2));
    assertThat(jumps.units(missing.get(1))).isEqualTo(2 * (10 + 2 * 5));
    assertThat(jumps.images(missing.get(1))).isEqualTo(4);
    assertThat(jumps.calls(missing.get(1))).isEqualTo(10 + 2 * 5 + 1);
  }
}
