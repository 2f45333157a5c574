package tweedie.driver.train;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.shard.ShardedImages;
import tweedie.data.source.FolderSource.Channels;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.imports.TableShards;
import tweedie.driver.table.ImageSize;
import tweedie.driver.table.TableImages;
import tweedie.driver.table.Tables;

/**
 * The table that {@code tweedie.data.table} names, whose images training reads itself.
 *
 * @param rows that are taken
 * @param images of these
 */
record TrainingTable(
    LoadedSettings config, SparkSession session, Dataset<Row> rows, TableImages images) {

  private static final String KEY = "tweedie.data.table.";

  /**
   * Finds a table, and reads its first rows and the names of its classes.
   *
   * @throws ConfigException if there is none, or no images are in it
   */
  static TrainingTable of(LoadedSettings config, SparkSession session) {
    Settings.Table table = config.settings().data().table();
    Tables tables = new Tables(given(table.format()), given(table.where()));
    TableImages.Wanted wanted =
        new TableImages.Wanted(
            given(table.image()),
            given(table.label()),
            given(table.size()).map(size -> valid(config, "size", () -> ImageSize.of(size))),
            switch (table.channels()) {
              case AUTO -> Optional.empty();
              case GRAY -> Optional.of(Channels.GRAY);
              case RGB -> Optional.of(Channels.RGB);
            });
    Dataset<Row> rows = valid(config, "input", () -> tables.open(session, table.input()));
    TableImages images = valid(config, "input", () -> TableImages.of(rows, wanted));
    return new TrainingTable(config, session, rows, images);
  }

  /**
   * The images that are trained on, read once.
   *
   * @throws ConfigException if a row has none
   */
  ShardedImages trained() throws IOException {
    String input = settings().input();
    return shards("input", input, settings().heldOut().isEmpty() ? images : part(false));
  }

  /**
   * The images that are held out, read once, if some are.
   *
   * @throws ConfigException if a row has none, or there is no row
   */
  Optional<ShardedImages> heldOut() throws IOException {
    Settings.Table table = settings();
    return table.heldOut().isEmpty()
        ? Optional.empty()
        : Optional.of(
            shards(
                "held-out", "%s where %s".formatted(table.input(), table.heldOut()), part(true)));
  }

  private Settings.Table settings() {
    return config.settings().data().table();
  }

  private TableImages part(boolean heldOut) {
    return valid(
        config, "held-out", () -> images.part(Tables.part(rows, settings().heldOut(), heldOut)));
  }

  private ShardedImages shards(String name, String place, TableImages part) throws IOException {
    try {
      return TableShards.of(
          JavaSparkContext.fromSparkContext(session.sparkContext()),
          place,
          part,
          config.settings().data().imagesPerShard());
    } catch (DataException e) {
      throw refused(config, name, e);
    }
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(there -> !there.isEmpty());
  }

  private static <T> T valid(LoadedSettings config, String name, Supplier<T> made) {
    try {
      return made.get();
    } catch (DataException e) {
      throw refused(config, name, e);
    }
  }

  private static ConfigException refused(LoadedSettings config, String name, DataException why) {
    return new ConfigException(config.problem(KEY + name, "cannot be used: " + why.getMessage()));
  }
}
