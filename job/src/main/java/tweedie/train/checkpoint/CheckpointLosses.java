package tweedie.train.checkpoint;

import tweedie.data.MayBeAbsent;

/**
 * How good a checkpoint is.
 *
 * @param training mean loss of the round that ended with it
 * @param validation loss of its moving average on images that are not trained on; null where it was
 *     not measured
 */
public record CheckpointLosses(double training, @MayBeAbsent Double validation) {}
