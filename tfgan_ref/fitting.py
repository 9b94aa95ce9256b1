"""What `fit` is given, made into minibatches for steps of k of them."""

from __future__ import annotations

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError

_BATCH_SIZE = 32  # Keras's own default.
_OF_ONE_TURN = (
    keras.callbacks.LearningRateScheduler,
    keras.callbacks.ReduceLROnPlateau,
    keras.callbacks.TerminateOnNaN,
)


def check(gan, x, batch_size, callbacks, weights):
    """Raises `UserError` for what a GAN's `fit` could not honour.

    Args:
        gan: compiled.
        x: data as for `fit`.
        batch_size: int or None.
        callbacks: of `fit`, a list or a `keras.callbacks.CallbackList`.
        weights: name -> weights of samples or classes, None where not given.
    """
    for name, value in weights.items():
        if value is not None:
            raise UserError(
                f"A GAN has no use for `{name}`. Received: {name}={value}"
            )
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    for callback in getattr(callbacks, "callbacks", callbacks) or []:
        if isinstance(callback, keras.callbacks.SwapEMAWeights):
            raise UserError(
                "Averages are the GAN's own, `ema_decay`. Received: "
                "SwapEMAWeights"
            )
        if isinstance(callback, _OF_ONE_TURN):
            kind = type(callback).__name__
            raise UserError(
                f"A GAN has an optimizer and a loss for each turn: "
                f'callbacks.OfPlayer("generator", {kind}(...)) names one. '
                f"Received: {kind}"
            )
    check_whole(gan, x, batch_size)


def check_whole(gan, x, batch_size):
    """Raises `UserError` where replicas would get unlike shares of the data.

    Args:
        gan: compiled.
        x: data as for `fit` or `evaluate`.
        batch_size: int or None.
    """
    if gan.replicas == 1:
        return
    size = _size(x, batch_size or _BATCH_SIZE)
    if size and size % gan.replicas:
        raise UserError(
            "A minibatch that the replicas can divide was expected. "
            f"Received: {size} examples on {gan.replicas} replicas"
        )
    if _ends_short(x, batch_size or _BATCH_SIZE):
        raise UserError(
            "On several replicas every minibatch must be of one size: a data "
            "set with drop_remainder=True, or arrays that the batch size "
            f"divides. Received: a last one that is shorter, on {gan.replicas} "
            "replicas"
        )


def check_split(gan, validation_split):
    """Raises `UserError` where a part of the data would be for validation."""
    if validation_split:
        raise UserError(
            f"Where a step takes {gan.minibatches_per_step} minibatches, "
            "`validation_data` was expected. Received: "
            f"validation_split={validation_split}"
        )


def endless(x, batch_size, shuffle, minibatches):
    """Data that end, so that a step's k minibatches go over their end.

    Args:
        x: arrays or a `tf.data.Dataset` that ends.
        batch_size: int or None.
        shuffle: bool, of arrays.
        minibatches: int, k.

    Returns:
        `tf.data.Dataset` without end and the steps of an epoch; or `x` and
        None, where it cannot be told how much data there is.
    """
    if not isinstance(x, tf.data.Dataset):
        if not _is_array(x):
            return x, None
        data = tf.data.Dataset.from_tensor_slices(x)
        if shuffle:
            data = data.shuffle(len(tf.nest.flatten(x)[0]))
        x = data.batch(batch_size or _BATCH_SIZE)
    count = int(x.cardinality())
    if count <= 0:  # Unknown, or without end.
        return x, None
    if count < minibatches:
        raise UserError(
            f"A step takes {minibatches} minibatches. Received: {count}"
        )
    return x.repeat(), count // minibatches


def _size(x, batch_size):
    """Of a minibatch; None: it is not known."""
    if isinstance(x, tf.data.Dataset):
        shape = tf.nest.flatten(x.element_spec)[0].shape
        return shape[0] if shape.rank else None
    return batch_size if _is_array(x) else None


def _ends_short(x, batch_size):
    if isinstance(x, tf.data.Dataset):
        specs = tf.nest.flatten(x.element_spec)
        return any(spec.shape.rank and spec.shape[0] is None for spec in specs)
    return _is_array(x) and len(tf.nest.flatten(x)[0]) % batch_size != 0


def _is_array(x):
    return all(hasattr(part, "shape") for part in tf.nest.flatten(x))
