package tweedie.driver.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.run.SampleDirectory.Origin;
import tweedie.driver.sample.Drawing.Stretch;
import tweedie.sample.ChainStart;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.WalkJump;

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
  void samplesThatStartWithNoiseAloneAreNotMixedWithThoseThatStartAsTheNoisyDataAre()
      throws IOException {
    Origin old = new Origin("the network", Drawing.of(HEUN, 0).description(), 1);
    directory.claim(old);
    ChainStart start = new ChainStart(new double[2], 3, 1.25);
    Drawing now = Drawing.of(new Heun(start, HEUN.levels()), 0);

    assertThat(now.description())
        .isEqualTo(HEUN.description() + ", start N(mean, 3.000^2 + 1.250)");
    assertThatThrownBy(() -> directory.claim(new Origin("the network", now.description(), 1)))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "holds samples of the network by %s with seed 1, these would be of the network by %s with seed 1. Give them another --name."
                .formatted(HEUN.description(), now.description()));
    directory.claim(old);
  }

  @Test
  void endsAreCountedInLevels() throws IOException {
    part(0, 3, 1, 2, 3);
    Drawing ends = new Drawing.Ends(HEUN);
    List<Stretch> missing = ends.missing(directory, 10, 4);

    assertThat(missing).containsExactly(new Stretch(4, 7, 0, 1), new Stretch(8, 9, 0, 1));
    assertThat(ends.units(missing.get(0))).isEqualTo(4 * 6);
    assertThat(missing.get(1).images()).isEqualTo(2);
    assertThat(ends.calls(missing.get(0))).isEqualTo(11);
  }

  /** The file of chains first..last, of which these have an image; the others diverged. */
  private Path part(long first, long last, long... ids) throws IOException {
    List<Long> diverged =
        LongStream.rangeClosed(first, last)
            .filter(chain -> LongStream.of(ids).noneMatch(id -> id == chain))
            .boxed()
            .toList();
    Path file = SampleDirectory.part(temporary.toString(), first, last);
    ShardWriter.write(
        file,
        LongStream.of(ids)
            .mapToObj(id -> new LabeledImage(id, -1, new ImageShape(1, 1, 1), new float[1]))
            .toList(),
        Map.of(),
        new BatchNotes(1, ids.length, diverged, List.of()).inFooter(),
        new Configuration());
    return file;
  }

  @Test
  void aPartIsWhatItHoldsAndNotWhatItsNameSays() throws IOException {
    java.nio.file.Path file = temporary.resolve(part(0, 3, 0, 1, 3).getName());
    Drawing ends = new Drawing.Ends(HEUN);
    assertThat(ends.missing(directory, 4, 4)).isEmpty();
    for (String name :
        List.of("000000000-000000005", "000000000-999999999999999999", "000000001-000000004")) {
      java.nio.file.Path renamed = temporary.resolve("part-" + name + ".parquet");
      Files.move(file, renamed);
      assertThatThrownBy(() -> ends.missing(directory, 10, 4))
          .isInstanceOf(DataException.class)
          .hasMessageContaining(
              name
                  + ".parquet holds 3 samples, of numbers 0 to 3, which are not those of its name.");
      Files.move(renamed, file);
    }
  }

  @Test
  void jumpsAreCountedInSteps() throws IOException {
    Files.createFile(temporary.resolve("walk-000000000-000000003-000001.json"));
    Drawing jumps = new Drawing.Jumps(WALK, 6);
    List<Stretch> missing = jumps.missing(directory, 12, 4);

    assertThat(missing).containsExactly(new Stretch(0, 3, 1, 2), new Stretch(4, 5, 0, 2));
    assertThat(jumps.units(missing.get(1))).isEqualTo(2 * (10 + 2 * 5));
    assertThat(missing.get(1).images()).isEqualTo(4);
    assertThat(jumps.calls(missing.get(1))).isEqualTo(10 + 2 * 5 + 1);
  }

  @Test
  void missingSamplesAreCutIntoBatches() {
    assertThat(Drawing.Ends.missing(Set.of(), 10, 4))
        .containsExactly(new Stretch(0, 3, 0, 1), new Stretch(4, 7, 0, 1), new Stretch(8, 9, 0, 1));
  }

  @Test
  void aBatchDoesNotReachOverWhatIsThere() {
    assertThat(Drawing.Ends.missing(Set.of(0L, 1L, 4L, 9L), 10, 4))
        .containsExactly(new Stretch(2, 3, 0, 1), new Stretch(5, 8, 0, 1));
  }

  @Test
  void nothingIsMissingOfFewerSamplesThanThereAre() {
    assertThat(Drawing.Ends.missing(Set.of(0L, 1L, 2L), 2, 4)).isEmpty();
  }

  @Test
  void chainsShareTheJumpsAndTheFirstOnesMakeOneMore() {
    Drawing.Jumps jumps = new Drawing.Jumps(WALK, 4);

    assertThat(
            List.of(jumps.jumps(10, 0), jumps.jumps(10, 1), jumps.jumps(10, 2), jumps.jumps(10, 3)))
        .containsExactly(3L, 3L, 2L, 2L);
  }

  @Test
  void newBlocksWalkFromTheBeginning() {
    assertThat(new Drawing.Jumps(WALK, 4).missing(List.of(), 10, 3))
        .containsExactly(new Stretch(0, 2, 0, 3), new Stretch(3, 3, 0, 2));
  }

  @Test
  void noMoreChainsWalkThanThereAreSamples() {
    assertThat(new Drawing.Jumps(WALK, 64).missing(List.of(), 2, 32))
        .containsExactly(new Stretch(0, 1, 0, 1));
  }

  @Test
  void blocksWalkOnWhereTheyAreAndOthersJoinThem() {
    List<Block> blocks = List.of(block(0, 1, 2), block(2, 2, 5));

    assertThat(new Drawing.Jumps(WALK, 5).missing(blocks, 20, 8))
        .containsExactly(new Stretch(0, 1, 2, 4), new Stretch(3, 4, 0, 4));
  }

  @Test
  void onlyStretchesFromTheBeginningBurnIn() {
    WalkJump walk =
        new WalkJump(
            new ChainStart(new double[2], 1),
            1,
            new Integrator(Scheme.ABOBA, 0.5, 1, new Friction(Friction.Per.TIME, 1)),
            100,
            20,
            1);
    Drawing jumps = new Drawing.Jumps(walk, 2);
    Stretch begun = new Stretch(0, 1, 0, 3);
    Stretch going = new Stretch(0, 1, 3, 6);

    assertThat(begun.images()).isEqualTo(going.images()).isEqualTo(6);
    assertThat(jumps.units(begun)).isEqualTo(2 * (100 + 3 * 20));
    assertThat(jumps.units(going)).isEqualTo(2 * 3 * 20);
    assertThat(jumps.calls(begun)).as("a call a step and a jump").isEqualTo(100 + 3 * 21);
    assertThat(jumps.calls(going)).isEqualTo(3 * 21);
  }

  private static Block block(long first, long last, long jumps) {
    return new Block(new Path("walk"), first, last, jumps);
  }
}
