package tweedie.evaluate.samples;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.Json;
import tweedie.data.LabeledImage;
import tweedie.data.WholeFile;
import tweedie.data.array.NpyVector;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.network.ClassNetwork;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A small classifier of the classes of a data set, which judges samples: which classes they are of,
 * how sure that is, and features in which images are compared.
 *
 * <p>It is trained on nine tenths of a data set and keeps its accuracy on the rest. Its weights
 * hang on the data and the seed alone (and, in their last bits, on the number of threads). Plain
 * numbers: it travels to tasks, and any number of threads may use it.
 */
public final class Classifier implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Images seen in training: twice MNIST, which brings 98.9 % there. */
  private static final long IMAGES_SEEN = 120_000;

  /** Small data sets are not seen more often than this. */
  private static final int MOST_EPOCHS = 40;

  private static final double HELD_OUT = 0.1;

  /** Images of this many shards are mixed, so that a data set sorted by class still trains. */
  private static final int SHARDS_MIXED = 8;

  private static final String PARAMETERS = "parameters.npy";
  private static final String DESCRIPTION = "classifier.json";

  private final ClassNetwork.Settings settings;
  private final String data;
  private final float[] parameters;
  private final Accuracy accuracy;

  private Classifier(
      ClassNetwork.Settings settings, String data, float[] parameters, Accuracy accuracy) {
    this.settings = settings;
    this.data = data;
    this.parameters = parameters;
    this.accuracy = accuracy;
  }

  /** What {@code classifier.json} holds. */
  private record Description(ClassNetwork.Settings network, String data, int correct, int images) {

    Description {
      if (images < 1 || correct < 0 || correct > images) {
        throw new IllegalArgumentException(
            "%d right of %d images are no accuracy".formatted(correct, images));
      }
    }
  }

  /** How often it is right on the tenth of the data that it was not trained on. */
  public Accuracy accuracy() {
    return accuracy;
  }

  /** Number of classes K. */
  public int classes() {
    return settings.classes();
  }

  /** The fingerprint of the data it was trained on. */
  public String data() {
    return data;
  }

  /**
   * Trains in the calling thread, reading the shards once an epoch and holding a few of them in
   * memory.
   *
   * @param settings shape, number of classes and moments of the images
   * @param data fingerprint of the data set
   * @param shards all its shards; every label is in 0..K-1
   * @param seed of weights, order and choice of the held-out tenth
   * @param seen is told how many images have been trained on since the last call
   * @throws DataException if there are too few images to hold a tenth out
   * @throws IOException if a shard cannot be read
   */
  public static Classifier train(
      ClassNetwork.Settings settings,
      String data,
      List<Shard> shards,
      long seed,
      Configuration conf,
      LongConsumer seen)
      throws IOException {
    try (ClassNetwork network = new ClassNetwork(settings, seed)) {
      ClassTraining training =
          new ClassTraining(network, settings.shape().dimension(), imagesToSee(shards), seen);
      for (int epoch = 0; !training.done(); epoch++) {
        int[] order = Draws.of(seed, Purpose.CLASSIFIER, epoch, 1).permutation(shards.size());
        for (int from = 0; from < order.length && !training.done(); from += SHARDS_MIXED) {
          List<LabeledImage> mixed = new ArrayList<>();
          for (int i = from; i < Math.min(order.length, from + SHARDS_MIXED); i++) {
            read(shards.get(order[i]), conf).stream()
                .filter(image -> !heldOut(seed, image.id()))
                .forEach(mixed::add);
          }
          for (int i :
              Draws.of(seed, Purpose.CLASSIFIER, epoch, 2L + from).permutation(mixed.size())) {
            training.add(mixed.get(i).pixels(), 0, mixed.get(i).label());
          }
        }
      }
      Classifier trained = new Classifier(settings, data, network.parameters(), null);
      return new Classifier(
          settings, data, trained.parameters, trained.heldOutAccuracy(shards, seed, conf));
    }
  }

  /** How many images {@link #train} sees in all. */
  public static long imagesToSee(List<Shard> shards) {
    long images = shards.stream().mapToLong(Shard::images).sum();
    return ClassTraining.whole(Math.min(IMAGES_SEEN, MOST_EPOCHS * images));
  }

  private static boolean heldOut(long seed, long id) {
    return Draws.of(seed, Purpose.CLASSIFIER, id, -1).uniform() < HELD_OUT;
  }

  private static List<LabeledImage> read(Shard shard, Configuration conf) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(shard, conf)) {
      reader.forEachRemaining(images::add);
    }
    return images;
  }

  /** How often it is right on the labelled images of a shard. */
  public Accuracy accuracy(Shard shard, Configuration conf) throws IOException {
    return accuracy(read(shard, conf));
  }

  private Accuracy accuracy(List<LabeledImage> images) {
    int[] labels = classify(ImageRows.of(images)).labels();
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      correct += labels[i] == images.get(i).label() ? 1 : 0;
    }
    return new Accuracy(correct, labels.length);
  }

  private Accuracy heldOutAccuracy(List<Shard> shards, long seed, Configuration conf)
      throws IOException {
    Accuracy all = new Accuracy(0, 0);
    for (Shard shard : shards) {
      all =
          all.plus(
              accuracy(
                  read(shard, conf).stream().filter(image -> heldOut(seed, image.id())).toList()));
    }
    if (all.images() == 0) {
      throw new DataException(
          "The %d images beside %s are too few to train a classifier and to test it"
              .formatted(shards.stream().mapToLong(Shard::images).sum(), shards.get(0).path()));
    }
    return all;
  }

  /**
   * What it says of images.
   *
   * @param images [n, d], in the scale of the data
   */
  public Classified classify(float[] images) {
    try (ClassNetwork network = new ClassNetwork(settings, parameters)) {
      return Classified.of(network, classes(), images, settings.shape().dimension());
    }
  }

  /**
   * Writes it to a directory, as numbers and JSON.
   *
   * @throws IOException if it cannot be written; the directory then holds no classifier
   */
  public void save(FileSystem files, Path directory) throws IOException {
    files.mkdirs(directory);
    // new weights must not be described by the old file
    files.delete(new Path(directory, DESCRIPTION), false);
    WholeFile.write(files, new Path(directory, PARAMETERS), NpyVector.encode(parameters));
    Description description =
        new Description(settings, data, accuracy.correct(), accuracy.images());
    WholeFile.write(files, new Path(directory, DESCRIPTION), Json.PAGE.text(description));
  }

  /**
   * The classifier in a directory; empty where there is none.
   *
   * @throws DataException if its files are damaged
   * @throws IOException if they cannot be read
   */
  public static Optional<Classifier> load(FileSystem files, Path directory) throws IOException {
    if (!files.exists(new Path(directory, DESCRIPTION))) {
      return Optional.empty();
    }
    try {
      Path said = new Path(directory, DESCRIPTION);
      Description description =
          Json.PAGE.read(WholeFile.read(files, said), Description.class, said);
      float[] parameters =
          NpyVector.decode(WholeFile.bytes(files, new Path(directory, PARAMETERS)));
      new ClassNetwork(description.network(), parameters).close();
      return Optional.of(
          new Classifier(
              description.network(),
              description.data(),
              parameters,
              new Accuracy(description.correct(), description.images())));
    } catch (DataException | IllegalArgumentException e) {
      throw new DataException(
          "The classifier in %s is damaged: %s. Remove the directory; it is trained again."
              .formatted(directory, e.getMessage()),
          e);
    }
  }
}
