package tweedie.driver.export;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.run.RunDirectory;
import tweedie.network.Network;
import tweedie.network.Network.ParameterShape;
import tweedie.train.checkpoint.Checkpoint;

/**
 * Writes weights or samples of a run for NumPy, whole or not at all. What is in the file is
 * described in docs/export.md.
 */
public final class Export {

  private final ExportRequest request;
  private final Configuration hadoop;

  public Export(ExportRequest request, Configuration hadoop) {
    this.request = request;
    this.hadoop = hadoop;
  }

  /**
   * What was written.
   *
   * @param file the .npz file
   * @param content in words
   */
  public record Result(Path file, String content) {}

  /**
   * Exports.
   *
   * @throws DataException if the file exists, or the run has not got what is asked for
   * @throws IOException if a file system fails; the file then does not exist
   */
  public Result execute() throws IOException {
    FileSystem files = ResultFiles.of(request.out(), hadoop);
    Path out = files.makeQualified(request.out());
    if (files.exists(out)) {
      throw new DataException(out + " already exists; name a new file");
    }
    RunDirectory run = RunDirectory.at(request.run(), hadoop);
    Content content =
        switch (request.what()) {
          case WEIGHTS -> weights(run);
          case SAMPLES -> samples(run);
        };
    WholeFile.write(
        files,
        out,
        (Path aside) -> {
          try (NpzWriter npz = new NpzWriter(files.create(aside, false))) {
            content.write(npz);
          }
        });
    return new Result(out, content.description());
  }

  /** What goes into the file. */
  private interface Content {
    void write(NpzWriter npz) throws IOException;

    String description();
  }

  private Weights weights(RunDirectory run) throws IOException {
    return new Weights(run.checkpoint(request.checkpoint(), "export"));
  }

  private record Weights(Checkpoint checkpoint) implements Content {

    @Override
    public void write(NpzWriter npz) throws IOException {
      try (Network network = new Network(checkpoint.network())) {
        float[] all = checkpoint.state().ema();
        for (ParameterShape parameter : network.parameters()) {
          NpyHeader header = NpyHeader.of(Type.FLOAT32, parameter.shape());
          int from = Math.toIntExact(parameter.offset());
          int length = Math.toIntExact(header.bytes() / Float.BYTES);
          npz.begin(parameter.name(), header);
          npz.write(Arrays.copyOfRange(all, from, from + length));
        }
        for (Map.Entry<String, float[]> constant : network.constants().entrySet()) {
          npz.begin(
              "constant." + constant.getKey(),
              NpyHeader.of(Type.FLOAT32, constant.getValue().length));
          npz.write(constant.getValue());
        }
      }
    }

    @Override
    public String description() {
      return "%d weights after round %d"
          .formatted(checkpoint.state().ema().length, checkpoint.state().round());
    }
  }

  private Drawn samples(RunDirectory run) throws IOException {
    Path all = new Path(run.path(), "samples");
    List<String> names;
    try (Stream<FileStatus> there =
        run.files().exists(all) ? Arrays.stream(run.files().listStatus(all)) : Stream.empty()) {
      names =
          there.filter(FileStatus::isDirectory).map(s -> s.getPath().getName()).sorted().toList();
    }
    String name = name(request.name(), names, run.path());
    return new Drawn(ShardedData.open(new Path(all, name), hadoop), name, hadoop);
  }

  /**
   * Which samples are meant.
   *
   * @param asked the name asked for, if any
   * @param names of the samples that the run has
   * @throws DataException if there are none of this name, or several and none is asked for
   */
  static String name(Optional<String> asked, List<String> names, Path run) {
    if (names.isEmpty()) {
      throw new DataException(
          "The run %s has no samples; draw some first with tweedie sample.".formatted(run));
    }
    String name = asked.orElse(names.size() == 1 ? names.get(0) : "");
    if (!names.contains(name)) {
      throw new DataException(
          "%s; the run %s has samples named %s."
              .formatted(
                  asked.isEmpty()
                      ? "--name must choose samples"
                      : "There are no samples named " + name,
                  run,
                  String.join(", ", names)));
    }
    return name;
  }

  private record Drawn(ShardedData data, String name, Configuration hadoop) implements Content {

    @Override
    public void write(NpzWriter npz) throws IOException {
      ImageShape shape = data.shape();
      npz.begin(
          "arr_0",
          vectors()
              ? NpyHeader.of(Type.FLOAT32, data.images(), shape.channels())
              : NpyHeader.of(
                  Type.UINT8, data.images(), shape.height(), shape.width(), shape.channels()));
      // one part after another: parts are in the order of their chains, and so are images in them
      for (Shard part : data.shards()) {
        try (ShardReader reader = ShardReader.open(part, hadoop)) {
          while (reader.hasNext()) {
            npz.write(reader.next().pixels());
          }
        }
      }
    }

    /** Whose values are no brightnesses. */
    private boolean vectors() {
      return data.shape().vector();
    }

    @Override
    public String description() {
      return "%d samples %s of %s".formatted(data.images(), name, data.shape());
    }
  }
}
