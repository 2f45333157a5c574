package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;
import static tweedie.whole.Commands.with;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

/** Images in tables: to shards, and beside what a model says of them. */
class TableTest {

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");
  private static final ImageShape SHAPE = new ImageShape(TinyRuns.SIZE, TinyRuns.SIZE, 1);
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.IntegerType);
  private static final DataType NAMED =
      new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
  private static final DataType SPARK_IMAGE =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("height", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("nChannels", DataTypes.IntegerType)
          .add("mode", DataTypes.IntegerType)
          .add("data", DataTypes.BinaryType);

  @TempDir Path temporary;

  /** Commands in this process would take it for theirs, whatever master they are given. */
  @AfterAll
  static void stop() {
    SPARK.context().stop();
  }

  private static List<LabeledImage> digits() throws IOException {
    return Images.read(TinyRuns.digits().fresh()).subList(0, 30);
  }

  private static byte[] bytes(LabeledImage image) {
    byte[] bytes = new byte[image.pixels().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * image.pixels()[i]);
    }
    return bytes;
  }

  /** Writes a table of a column of images, a number and a name of their classes. */
  private Path table(String name, String format, DataType type, List<?> values) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      int label = digits().get(i).label();
      rows.add(RowFactory.create((long) i, values.get(i), label, "class " + label));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("image", type)
            .add("label", DataTypes.IntegerType)
            .add("word", DataTypes.StringType);
    Path path = temporary.resolve(name);
    Dataset<Row> table = SPARK.session().createDataFrame(rows, schema);
    table.repartition(1).sortWithinPartitions("id").write().format(format).save(path.toString());
    return path;
  }

  private Path pictures() throws IOException {
    return table(
        "pictures", "parquet", DataTypes.BinaryType, digits().stream().map(Images::png).toList());
  }

  private Path shards(String name, Object... args) {
    Path out = temporary.resolve("shards of " + name);
    tweedie(with(new Object[] {"import", "--from", "table", "--output", out}, args)).succeeded();
    return out;
  }

  private void assertDigits(Path shards) throws IOException {
    List<LabeledImage> found = Images.read(shards);
    List<LabeledImage> expected = digits();
    assertThat(found).hasSize(30);
    for (int i = 0; i < 30; i++) {
      assertThat(found.get(i).shape()).isEqualTo(SHAPE);
      assertThat(found.get(i).label()).isEqualTo(expected.get(i).label());
      assertThat(found.get(i).pixels()).isEqualTo(expected.get(i).pixels());
    }
  }

  @Test
  void imagesComeOutOfAllKindsOfColumns() throws IOException {
    assertDigits(shards("files", "--input", pictures()));
    List<Row> named = new ArrayList<>();
    List<Row> images = new ArrayList<>();
    List<Object> numbers = new ArrayList<>();
    List<Object> vectors = new ArrayList<>();
    for (LabeledImage image : digits()) {
      named.add(RowFactory.create(Images.png(image), "digit.png"));
      images.add(RowFactory.create("file", SHAPE.height(), SHAPE.width(), 1, 0, bytes(image)));
      byte[] bytes = bytes(image);
      Integer[] boxed = new Integer[bytes.length];
      Arrays.setAll(boxed, j -> bytes[j] & 255);
      numbers.add(boxed);
      vectors.add(Vectors.dense(ImageRows.doubles(image.pixels())));
    }
    assertDigits(shards("named", "--input", table("named", "parquet", NAMED, named)));
    assertDigits(shards("images", "--input", table("images", "orc", SPARK_IMAGE, images)));
    Path array = table("numbers", "json", NUMBERS, numbers);
    assertDigits(shards("numbers", "--input", array, "--size", "12x12"));
    Path dense = table("vectors", "parquet", SQLDataTypes.VectorType(), vectors);
    assertDigits(shards("vectors", "--input", dense, "--size", "12x12"));
    assertDigits(shards("shards", "--input", temporary.resolve("shards of files")));
  }

  @Test
  void connectorsReadWhatTheyWrote() throws IOException {
    List<byte[]> files = digits().stream().map(Images::png).toList();
    Path avro = table("pictures.avro", "avro", DataTypes.BinaryType, files);
    assertDigits(shards("avro", "--input", avro));
    String catalog = "spark.sql.catalog.ours";
    SPARK.session().conf().set(catalog, "org.apache.iceberg.spark.SparkCatalog");
    SPARK.session().conf().set(catalog + ".type", "hadoop");
    SPARK.session().conf().set(catalog + ".warehouse", temporary.resolve("warehouse").toString());
    SPARK
        .session()
        .sql(
            "CREATE TABLE ours.pets USING iceberg AS SELECT * FROM parquet.`%s`"
                .formatted(pictures()));
    SPARK.session().sql("INSERT INTO ours.pets SELECT id + 30, image, label, word FROM ours.pets");
    SPARK.session().sql("DELETE FROM ours.pets WHERE id >= 30");
    // without the catalog, and without Hive, whose catalog Iceberg would ask
    assertDigits(shards("iceberg", "--input", temporary.resolve("warehouse/pets")));
  }

  @Test
  void foldersOfFilesAreTheSameAsATableOfThem() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("folder"));
    for (int i = 0; i < 6; i++) {
      BufferedImage image = new BufferedImage(20 + i, 16, BufferedImage.TYPE_INT_RGB);
      image.setRGB(3 + i, 4, 0xff8000);
      image.setRGB(8, 9, 0x20ff);
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      Files.write(folder.resolve("%d.png".formatted(i)), png.toByteArray());
    }
    Path images = temporary.resolve("images");
    tweedie("import", "--from", "images", "--size", "8x8", "--input", folder, "--output", images)
        .succeeded();
    Path table =
        shards("binary files", "--input", folder, "--format", "binaryFile", "--size", "8x8");
    assertThat(Arrays.asList(Images.pixels(table)))
        .containsExactlyInAnyOrder(Images.pixels(images));
    assertThat(Images.open(table).shape()).isEqualTo(new ImageShape(8, 8, 3));
  }

  @Test
  void rowsAreChosenAndClassesHaveNames() throws IOException {
    Path pictures = pictures();
    Path some =
        shards("some", "--input", pictures, "--where", "id >= 10 AND id < 15", "--label", "word");
    List<LabeledImage> found = Images.read(some);
    assertThat(found).hasSize(5);
    List<String> names = Images.open(some).classNames();
    assertThat(names).allMatch(name -> name.startsWith("class ")).isSorted();
    for (int i = 0; i < 5; i++) {
      assertThat(names.get(found.get(i).label()))
          .isEqualTo("class " + digits().get(10 + i).label());
    }
    assertThat(Images.read(shards("first", "--input", pictures, "--limit", 7))).hasSize(7);
  }

  @Test
  void colourIsConvertedAndSaid() throws IOException {
    Path pictures = pictures();
    Commands.Outcome rgb =
        tweedie(
                "import",
                "--from",
                "table",
                "--input",
                pictures,
                "--channels",
                "rgb",
                "--output",
                temporary.resolve("rgb"))
            .succeeded();
    assertThat(rgb.err())
        .contains("30 gray images were given three equal channels; --channels gray makes all gray");
    assertThat(Images.open(temporary.resolve("rgb")).shape()).isEqualTo(new ImageShape(12, 12, 3));
  }

  @Test
  void picturesOfOtherSizesAreRefusedOrBroughtToOne() throws IOException {
    List<byte[]> values = new ArrayList<>(digits().stream().map(Images::png).toList());
    BufferedImage large = new BufferedImage(20, 16, BufferedImage.TYPE_BYTE_GRAY);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(large, "png", png);
    values.set(4, png.toByteArray());
    Path mixed = table("sizes", "parquet", DataTypes.BinaryType, values);
    refused("image of the row with id 4 is 16x20 (height x width), and 12x12 is needed", mixed);
    Path sized = shards("sized", "--input", mixed, "--size", "8x8", "--channels", "gray");
    assertThat(Images.read(sized)).hasSize(30);
    assertThat(Images.open(sized).shape()).isEqualTo(new ImageShape(8, 8, 1));
  }

  @Test
  void rowsThatAreNoImagesAreNamed() throws IOException {
    List<byte[]> values = new ArrayList<>(digits().stream().map(Images::png).toList());
    values.set(3, new byte[] {1, 2, 3});
    values.set(5, null);
    Path bad = table("bad", "parquet", DataTypes.BinaryType, values);
    Path out = temporary.resolve("out");
    Object[] line = {"import", "--from", "table", "--input", bad, "--output", out};
    assertThat(tweedie(line).refused().err())
        .contains("image of the row with id 3 is not a whole picture: it starts as none does");
    assertThat(out).doesNotExist();
    assertThat(tweedie(with(line, "--skip-bad")).succeeded().err())
        .contains("Skipped image of the row with id 5 is null", "2 rows were skipped");
    assertThat(Images.read(out)).hasSize(28);
  }

  @Test
  void tablesThatCannotBeImportedAreRefused() throws IOException {
    Path pictures = pictures();
    refused("holds no images; the content of picture files", pictures, "--image", "word");
    refused("The table has no column nothing; it has id (long)", pictures, "--image", "nothing");
    refused("The table has no row", pictures, "--where", "id < 0");
    refused("nowhere", pictures, "--where", "nowhere > 3");
    refused("The column image is binary; labels are", pictures, "--label", "image");
    refused("--from table takes classes from a column", pictures, "--labels", "none");
    refused(
        "is in the format delta, which Spark reads with its connector",
        pictures,
        "--format",
        "delta");
    Path delta = temporary.resolve("delta"); // whose files alone are rows that were deleted, too
    Trees.copy(pictures, delta);
    Files.createDirectory(delta.resolve("_delta_log"));
    refused("is in the format delta, which Spark reads with its connector", delta);
    refused("does not exist", temporary.resolve("absent.parquet"));
    refused("neither a file nor a directory, and no table", Path.of("nobodys.table"));
    Path numbers =
        table(
            "numbers", "parquet", NUMBERS, Collections.singletonList(new Integer[] {1, 2, 3, 300}));
    refused("4 numbers, which are no 3x3 pixels", numbers, "--size", "3x3");
    refused(
        "has the value 300.0; pixels are whole numbers from 0 to 255", numbers, "--size", "2x2");
    Path two = temporary.resolve("two");
    SPARK
        .session()
        .read()
        .parquet(pictures.toString())
        .selectExpr("image", "image AS other")
        .write()
        .parquet(two.toString());
    refused("2 columns can hold images: image (the content of picture files), other", two);
    Path nested = temporary.resolve("nested");
    SPARK
        .session()
        .read()
        .parquet(pictures.toString())
        .selectExpr("struct(image, id) AS inner")
        .write()
        .parquet(nested.toString());
    refused("inner.image is inside of the column inner", nested, "--image", "inner.image");
  }

  private void refused(String sentence, Path input, Object... args) {
    Path out = temporary.resolve("refused");
    Object[] line = {"import", "--from", "table", "--input", input, "--output", out};
    assertThat(tweedie(with(line, args)).refused().err()).contains(sentence);
    assertThat(out).doesNotExist();
  }

  @Test
  void applyAddsColumnsAndGoesOnWhereItWasCutOff() throws IOException {
    Path run = TinyRuns.digits().run();
    Path out = temporary.resolve("applied");
    Object[] line = {
      "apply",
      "--run",
      run,
      "--data",
      TinyRuns.digits().fresh(),
      "--columns",
      "denoised,scoreNorms",
      "--sigma",
      0.3,
      "--out",
      out
    };
    assertThat(tweedie(line).succeeded().out()).contains("200 rows in 4 parts: file:" + out);
    List<Path> parts;
    try (Stream<Path> files = Files.list(out)) {
      parts = files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
    assertThat(parts).hasSize(4);
    byte[] second = Files.readAllBytes(parts.get(1));
    List<Row> rows = rows(out);
    Files.delete(parts.get(1));
    assertThat(tweedie(line).succeeded().out())
        .contains("50 rows in 1 part, and 3 parts were there: file:" + out);
    assertThat(parts.get(1)).hasBinaryContent(second);
    assertThat(rows).hasSize(200);
    assertThat(rows.get(0).schema().fieldNames())
        .containsExactly(
            "id", "label", "height", "width", "channels", "pixels", "denoised", "scoreNorms");
    assertThat(rows(out)).isEqualTo(rows);
    assertThat(tweedie(with(line, "--checkpoint", 1)).refused().err())
        .contains("was begun with something else: model round 1 of");
  }

  @Test
  void applyCountsWhatItConvertsAndLeavesOut() throws IOException {
    List<byte[]> values = new ArrayList<>(digits().stream().map(Images::png).toList());
    BufferedImage red = new BufferedImage(12, 12, BufferedImage.TYPE_INT_RGB);
    red.setRGB(3, 4, 0xff0000);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(red, "png", png);
    values.set(1, png.toByteArray());
    values.set(2, null);
    Path table = table("mixed", "parquet", DataTypes.BinaryType, values);
    Path out = temporary.resolve("converted");
    Commands.Outcome outcome =
        tweedie(
                "apply",
                "--run",
                TinyRuns.digits().run(),
                "--data",
                table,
                "--columns",
                "denoised",
                "--sigma",
                0.3,
                "--pictures",
                "--skip-bad",
                "--out",
                out)
            .succeeded();
    assertThat(outcome.err())
        .contains(
            "1 row was left out, as the image cannot be read",
            "the colours of 1 images were converted to those of the model");
    assertThat(rows(out)).hasSize(29);
    byte[] picture = rows(out).get(0).getAs("denoised");
    assertThat(ImageIO.read(new ByteArrayInputStream(picture)).getWidth()).isEqualTo(12);
  }

  private static List<Row> rows(Path table) {
    return SPARK.session().read().parquet(table.toString()).orderBy("id").collectAsList();
  }

  @Test
  void applyRefusesInASentence() throws IOException {
    Path run = TinyRuns.digits().run();
    Path fresh = TinyRuns.digits().fresh();
    Path out = temporary.resolve("nothing");
    Object[] line = {"apply", "--run", run, "--data", fresh, "--out", out, "--columns"};
    assertThat(tweedie(with(line, "denoised")).refused().err())
        .contains("denoised needs the noise of the images");
    assertThat(tweedie(with(line, "denoised", "--sigma", -1)).refused().err())
        .contains("--sigma must be a positive number, not -1");
    assertThat(tweedie(with(line, "denoised", "--sigma", "noise")).refused().err())
        .contains("The table has no column noise");
    assertThat(tweedie(with(line, "wings")).refused().err()).contains("columns has 'wings'");
    Path others = temporary.resolve("others");
    TinyRuns.importDigits(others, 8, 8, 1);
    assertThat(
            tweedie("apply", "--run", run, "--data", others, "--out", out, "--columns", "bits")
                .refused()
                .err())
        .matches("pixels of the row with id \\d+ is 8x8x1, and 12x12x1 is needed\\s+");
    assertThat(out.resolve("part-00000.parquet")).doesNotExist();
  }
}
