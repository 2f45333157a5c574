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

/** The table that {@code tweedie.data.table} names, whose images training reads itself. */
record TrainingTable(LoadedSettings config, SparkSession session) {

  private static final String KEY = "tweedie.data.table.";

  /**
   * The images that are trained on, read once.
   *
   * @throws ConfigException if there is no such table, or a row of it has no image
   */
  ShardedImages trained() throws IOException {
    return shards(false, settings().input());
  }

  /**
   * The images that are held out, read once.
   *
   * @throws ConfigException if there are none, or a row of them has no image
   */
  ShardedImages heldOut() throws IOException {
    return shards(true, "%s where %s".formatted(settings().input(), settings().heldOut()));
  }

  private Settings.Table settings() {
    return config.settings().data().table();
  }

  private ShardedImages shards(boolean heldOut, String place) throws IOException {
    Settings.Table table = settings();
    Tables tables = new Tables(given(table.format()), given(table.where()));
    TableImages.Wanted wanted =
        new TableImages.Wanted(
            given(table.image()),
            given(table.label()),
            given(table.size()).map(size -> valid("size", () -> ImageSize.of(size))),
            switch (table.channels()) {
              case AUTO -> Optional.empty();
              case GRAY -> Optional.of(Channels.GRAY);
              case RGB -> Optional.of(Channels.RGB);
            });
    Dataset<Row> rows = valid("input", () -> tables.open(session, table.input()));
    Dataset<Row> part =
        given(table.heldOut())
            .map(sql -> valid("held-out", () -> Tables.part(rows, sql, heldOut)))
            .orElse(rows);
    TableImages images = valid("input", () -> TableImages.of(rows, part, wanted));
    try {
      return TableShards.of(
          JavaSparkContext.fromSparkContext(session.sparkContext()),
          place,
          images,
          config.settings().data().imagesPerShard());
    } catch (DataException e) {
      throw refused(heldOut ? "held-out" : "input", e);
    }
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(there -> !there.isEmpty());
  }

  private <T> T valid(String name, Supplier<T> made) {
    try {
      return made.get();
    } catch (DataException e) {
      throw refused(name, e);
    }
  }

  private ConfigException refused(String name, DataException why) {
    return new ConfigException(config.problem(KEY + name, "cannot be used: " + why.getMessage()));
  }
}
