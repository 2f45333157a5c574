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
import tweedie.data.FileSystems;
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
public record Export(ExportRequest request, Configuration hadoop) {

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
    WholeFile.requireNew(files, out, "file");
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
            content.writing().into(npz);
          }
        });
    return new Result(out, content.description());
  }

  /** What goes into the file. */
  private record Content(String description, Writing writing) {}

  /** Puts arrays into the file. */
  private interface Writing {
    void into(NpzWriter npz) throws IOException;
  }

  private Content weights(RunDirectory run) throws IOException {
    Checkpoint checkpoint = run.checkpoint(request.checkpoint(), "export");
    return new Content(
        "%d weights after round %d"
            .formatted(checkpoint.state().ema().length, checkpoint.state().round()),
        npz -> write(checkpoint, npz));
  }

  static void write(Checkpoint checkpoint, NpzWriter npz) throws IOException {
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

  private Content samples(RunDirectory run) throws IOException {
    Path all = new Path(run.path(), "samples");
    List<String> names;
    try (Stream<FileStatus> there =
        run.files().exists(all) ? Arrays.stream(run.files().listStatus(all)) : Stream.empty()) {
      names =
          there.filter(FileStatus::isDirectory).map(s -> s.getPath().getName()).sorted().toList();
    }
    String name = name(request.name(), names, run.path());
    ShardedData data = ShardedData.open(FileSystems.child(all, name), hadoop);
    return new Content(
        "%d samples %s of %s".formatted(data.images(), name, data.shape()),
        npz -> write(data, npz));
  }

  /** Which of the samples of a run are meant: those asked for, or the only ones it has. */
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

  private void write(ShardedData data, NpzWriter npz) throws IOException {
    ImageShape shape = data.shape();
    npz.begin(
        "arr_0",
        shape.vector() // whose values are no brightnesses
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
}
