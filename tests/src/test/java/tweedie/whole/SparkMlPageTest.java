package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import tweedie.LocalSpark;
import tweedie.data.LabeledImage;

/** The programs of docs/spark-ml.md do what they say. */
class SparkMlPageTest {

  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]").with("spark.sql.extensions", "tweedie.ml.TweedieExtensions");

  @TempDir Path temporary;

  /** Commands in this process would take it for theirs, whatever master they are given. */
  @AfterAll
  static void stop() {
    SPARK.context().stop();
  }

  /** The programs of a language on the page, with the files of this test in place of its own. */
  private List<String> programs(String language) throws IOException {
    String page = Files.readString(Repository.root().resolve("docs/spark-ml.md"));
    Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
    List<String> programs = new ArrayList<>();
    while (blocks.find()) {
      programs.add(
          blocks
              .group(1)
              .replace("digits.parquet", temporary.resolve("digits.parquet").toString())
              .replace("runs/digits", temporary.resolve("run").toString())
              .replace("pictures/", temporary.resolve("pictures") + "/")
              .replace("\"samples\"", "\"" + temporary.resolve("samples") + "\""));
    }
    assertThat(programs).as(language).isNotEmpty();
    return programs;
  }

  private void writeDigits() throws IOException {
    Path shards = temporary.resolve("shards");
    TinyRuns.importDigits(shards, 16, 80, 1);
    Path folder = Files.createDirectories(temporary.resolve("pictures"));
    List<Row> rows = new ArrayList<>();
    for (LabeledImage image : Images.read(shards)) {
      byte[] png = Images.png(image);
      rows.add(RowFactory.create(png, image.label()));
      if (rows.size() <= 2) {
        Files.write(folder.resolve(rows.size() + ".png"), png);
      }
    }
    StructType schema =
        new StructType().add("png", DataTypes.BinaryType).add("label", DataTypes.IntegerType);
    SPARK
        .session()
        .createDataFrame(rows, schema)
        .write()
        .parquet(temporary.resolve("digits.parquet").toString());
  }

  /** One after the other, as each needs what the one before has left. */
  @Test
  void theProgramsRun() throws Exception {
    writeDigits();
    for (String program : programs("java")) {
      java(program);
    }
    assertThat(temporary.resolve("run/checkpoints/round-000002")).exists();
    assertThat(SPARK.session().read().parquet(temporary.resolve("samples").toString()).count())
        .isEqualTo(64);
    for (String program : programs("scala")) {
      scala(program);
    }
    for (String program : programs("sql")) {
      for (String statement : program.split(";\\s*")) {
        assertThat(SPARK.session().sql(statement).collectAsList()).isNotNull();
      }
    }
    assertThat(SPARK.session().table("drawn").count()).isEqualTo(100);
  }

  private void java(String program) throws Exception {
    Path source = temporary.resolve("Program.java");
    Files.writeString(
        source,
        """
        import org.apache.spark.sql.*;
        import tweedie.ml.*;
        public class Program {
          public static void run(SparkSession spark) throws Exception {
        %s
          }
        }
        """
            .formatted(program));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                temporary.toString(),
                source.toString());
    assertThat(status).isZero();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {temporary.toUri().toURL()}, getClass().getClassLoader())) {
      loader
          .loadClass("Program")
          .getMethod("run", SparkSession.class)
          .invoke(null, SPARK.session());
    }
  }

  private static void scala(String program) {
    Settings settings = new Settings();
    settings.classpath().value_$eq(System.getProperty("java.class.path"));
    StringWriter printed = new StringWriter();
    IMain scala = new IMain(settings, new PrintWriter(printed));
    try {
      Results.Result result =
          scala.interpret("val spark = org.apache.spark.sql.SparkSession.active\n" + program);
      assertThat(result).as(printed.toString()).isEqualTo(Results.Success$.MODULE$);
    } finally {
      scala.close();
    }
  }
}
